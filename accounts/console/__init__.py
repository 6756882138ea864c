"""The dashboard: its shell, the registry that other apps fill, and accounts' own pages."""
