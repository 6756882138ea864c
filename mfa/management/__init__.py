"""Commands of mfa."""
