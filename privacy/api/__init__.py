"""Calls of sites about the erasures that they take part in."""
