"""Webhooks: signed, tried for a day, never into a private network."""
