"""`make bench`: what the hot calls bear, beside a bare Django view on the same machine."""
