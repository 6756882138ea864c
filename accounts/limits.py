"""Rate limits in fixed windows: counted in Valkey, or by a stricter count in PostgreSQL while Valkey is away.

Names of limits hold keyed hashes and ids only (security.md §4).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import connection

from accounts import crypto, valkey

log = structlog.get_logger()
HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Limit:
    """At most `allowed` in each window of `seconds`, for the thing that `kind` and `key` name."""

    kind: str
    key: str
    allowed: int
    seconds: int = HOUR

    def window(self, now: float) -> int:
        return int(now // self.seconds)

    @property
    def name(self) -> str:
        return f"{self.kind}:{crypto.keyed_hash('limit', self.kind, self.key)}"


@dataclass(frozen=True)
class Exceeded:
    """The limit that was met, and the seconds until its next window."""

    limit: Limit
    wait: int


def hit(limits: Sequence[Limit], now: float | None = None) -> Exceeded | None:
    """Count one use of every limit and return the first that is exceeded, or None. One round trip."""
    now = time.time() if now is None else now
    try:
        counts = _count_in_valkey(limits, now)
        strictness = 1
    except valkey.Unreachable:
        log.warning("limits counted in the database", reason="Valkey cannot be reached")
        counts = _count_in_database(limits, now)
        strictness = 2
    for limit, count in zip(limits, counts, strict=True):
        if count > -(-limit.allowed // strictness):
            return Exceeded(limit, limit.seconds - int(now % limit.seconds))
    return None


def used(limits: Sequence[Limit], now: float | None = None) -> list[int | None]:
    """How much of each limit is used in this window; None while Valkey cannot say."""
    now = time.time() if now is None else now
    try:
        names = [f"limit:{limit.name}:{limit.window(now)}" for limit in limits]
        found = valkey.ask(lambda client: client.mget(names))
    except valkey.Unreachable:
        return [None] * len(limits)
    return [int(count or 0) for count in found]


def _count_in_valkey(limits: Sequence[Limit], now: float) -> list[int]:
    def steps(pipe: Any) -> None:
        for limit in limits:
            key = f"limit:{limit.name}:{limit.window(now)}"
            pipe.incr(key)
            pipe.expire(key, limit.seconds + 60)

    return [int(count) for count in valkey.pipeline(steps)[::2]]


_UPSERT = """
INSERT INTO accounts_ratecount (name, "window", count, expires_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (name, "window") DO UPDATE SET count = accounts_ratecount.count + 1 RETURNING count
"""


def _count_in_database(limits: Sequence[Limit], now: float) -> list[int]:
    counts = []
    with connection.cursor() as cursor:
        for limit in limits:
            expires = datetime.fromtimestamp(now + limit.seconds + 60, UTC)
            cursor.execute(_UPSERT, [limit.name, limit.window(now), expires])
            counts.append(cursor.fetchone()[0])
    return counts
