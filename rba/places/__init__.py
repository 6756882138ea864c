"""The database of places that comes with us: how it is made, kept, replaced and credited."""
