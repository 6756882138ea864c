"""The staff's pages about people's rights: requests, erasures here and on sites, what is kept how long and apart."""

from privacy.admin import jobs, keeping, requests

__all__ = ("jobs", "keeping", "requests")
