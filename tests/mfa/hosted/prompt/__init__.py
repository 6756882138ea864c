"""The prompt's pages."""
