"""Questions of customers and the operator's answers."""
