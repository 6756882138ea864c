"""The dashboard's pages about risk."""
