"""The staff's pages about people's rights: requests, erasures here and on sites, what is kept, measures of two."""

from privacy.admin import jobs, keeping, measures, requests

__all__ = ("jobs", "keeping", "measures", "requests")
