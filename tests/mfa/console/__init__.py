"""The dashboard's pages about sign-ins and methods."""
