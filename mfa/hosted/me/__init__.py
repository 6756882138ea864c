"""The person's own pages, at /me/<customer>/: opened by their own factors, with a session of their own."""
