"""The dashboard's pages about users' factors and transactions."""
