"""A second generator of sign-ins, made by other mechanics than the first, so that nothing is fitted to either."""
