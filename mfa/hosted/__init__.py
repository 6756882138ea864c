"""Pages for end users, in the customer's name."""
