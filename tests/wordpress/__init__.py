"""Our plugin in a real WordPress."""
