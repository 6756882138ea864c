"""The rights over the data; sees all other apps."""
