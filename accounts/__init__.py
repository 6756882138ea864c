"""Who: customers, sites, users, keys, sessions; and the plumbing that all share."""
