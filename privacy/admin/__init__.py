"""The staff's pages about people's rights: requests and erasures, what is kept how long and apart."""

from privacy.admin import keeping, requests

__all__ = ("keeping", "requests")
