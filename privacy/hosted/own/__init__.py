"""The person's own pages about their data, beside those about their factors: requests, proofs, what came of them."""
