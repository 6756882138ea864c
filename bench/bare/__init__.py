"""The measure of all: a Django view without middleware that does one SELECT, one UPDATE and one INSERT."""
