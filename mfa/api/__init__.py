"""The native API, version 1: JSON over HTTPS, no cookies."""
