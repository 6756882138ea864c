"""Webhooks: what happened, told to addresses that customers choose, in the Standard Webhooks format."""
