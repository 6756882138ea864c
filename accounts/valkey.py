"""The one connection to Valkey. Everything in it may be lost at any time, and nothing in it is personal."""

from functools import cache

import redis
from django.conf import settings

# What callers catch: Valkey is a help, so its absence is an event to log and to work around, never an error page.
Unreachable = redis.RedisError


@cache
def client() -> "redis.Redis":
    """A client with short time limits, since no request may wait for it."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True, max_connections=64
    )
