"""The site's half of an erasure."""
