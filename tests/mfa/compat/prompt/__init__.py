"""The prompt as its clients speak to it."""
