"""Sign-in pages of members and staff."""
