"""`make run`: everything on one machine, from an empty folder to a running server."""
