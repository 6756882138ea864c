"""The outbox: what must be said to somebody, written in the transaction that made it necessary."""
