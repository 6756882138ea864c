"""Every address of this server, and somebody of every kind to open it."""
