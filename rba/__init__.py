"""How risky this login is."""
