"""What existing clients speak."""
