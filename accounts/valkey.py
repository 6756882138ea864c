"""The one connection to Valkey. Everything in it may be lost at any time, and nothing in it is personal."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import redis
from django.conf import settings

T = TypeVar("T")
# What callers catch: Valkey is a help, so its absence is an event to work around, never an error page.
Unreachable = redis.RedisError
REST = 5.0  # seconds in which nobody asks a Valkey again that just did not answer
_resting = {"until": 0.0}


@cache
def client() -> "redis.Redis":
    """A client with short time limits, since no request may wait for it."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True, max_connections=64
    )


def ask(work: Callable[["redis.Redis"], T]) -> T:
    """Do one round trip. Raises Unreachable, at once while Valkey rests after having failed to answer."""
    if time.monotonic() < _resting["until"]:
        raise redis.ConnectionError("resting")
    try:
        return work(client())
    except Unreachable:
        _resting["until"] = time.monotonic() + REST
        raise


def wake() -> None:
    """Ask again at the next occasion."""
    _resting["until"] = 0.0


def pipeline(steps: Callable[[Any], None]) -> list[Any]:
    """Several commands in one round trip; the answers in order. Raises Unreachable."""

    def work(one: "redis.Redis") -> list[Any]:
        pipe = one.pipeline(transaction=False)
        steps(pipe)
        return pipe.execute()

    return ask(work)
