"""Rate limits in sliding windows: counted in Valkey, or by a stricter count in PostgreSQL while Valkey is away.

A window is judged by two buckets: this one, and of the last one the share that the window still covers. So at no
moment does more get through than about what is allowed, and a wait ends bit by bit (docs/decisions/0012). A use that
is refused counts nowhere: who goes on in vain makes nobody wait longer, and uses up no other limit of the same call.
Names of limits hold keyed hashes and ids only (security.md §4).
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.db import connection

from accounts import crypto, valkey

log = structlog.get_logger()
MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
ROUNDING = 1e-6  # of shares of a bucket, which are no whole numbers


@dataclass(frozen=True)
class Limit:
    """At most `allowed` in each window of `seconds`, for the thing that `kind` and `key` name."""

    kind: str
    key: str
    allowed: int
    seconds: int = HOUR

    def window(self, now: float) -> int:
        return int(now // self.seconds)

    def past(self, now: float) -> float:
        """How much of the present bucket is over, from 0 to 1; of the last one the rest still counts."""
        return now % self.seconds / self.seconds

    @property
    def name(self) -> str:
        return f"{self.kind}:{crypto.keyed_hash('limit', self.kind, self.key)}"

    def buckets(self, now: float) -> list[str]:
        """The names of the last bucket and of the present one."""
        return [f"limit:{self.name}:{self.window(now) + step}" for step in (-1, 0)]


@dataclass(frozen=True)
class Exceeded:
    """The limit that was met, and the seconds until it lets one more through."""

    limit: Limit
    wait: int


@dataclass(frozen=True)
class _Counts:
    """What the two buckets of a limit hold."""

    last: int
    present: int

    def used(self, past: float) -> float:
        return self.present + self.last * (1 - past)


def hit(limits: Sequence[Limit], now: float | None = None) -> Exceeded | None:
    """Count one use of every limit, or none and return the first that is exceeded. One round trip."""
    now = time.time() if now is None else now
    try:
        counts = _count_in_valkey(limits, now)
        strictness = 1
    except valkey.Unreachable:
        log.warning("limits counted in the database", reason="Valkey cannot be reached")
        strictness = 2
        counts = _count_in_database(limits, now, strictness)
    for limit, found in zip(limits, counts, strict=True):
        if _is_over(limit, found, now, strictness):
            return Exceeded(limit, _wait(limit, found, now, strictness))
    return None


def used(limits: Sequence[Limit], now: float | None = None) -> list[int | None]:
    """How much of each limit is used in the window that ends now; None while Valkey cannot say."""
    now = time.time() if now is None else now
    try:
        names = [name for limit in limits for name in limit.buckets(now)]
        found = [int(count or 0) for count in valkey.ask(lambda client: client.mget(names))]
    except valkey.Unreachable:
        return [None] * len(limits)
    pairs = zip(limits, found[::2], found[1::2], strict=True)
    return [math.ceil(_Counts(last, present).used(limit.past(now))) for limit, last, present in pairs]


def _allowed(limit: Limit, strictness: int) -> int:
    return -(-limit.allowed // strictness)


def _is_over(limit: Limit, found: _Counts, now: float, strictness: int = 1) -> bool:
    """Whether one more would be one too many. `found` is what there was before it."""
    return found.used(limit.past(now)) + 1 > _allowed(limit, strictness) + ROUNDING


def _wait(limit: Limit, found: _Counts, now: float, strictness: int) -> int:
    """Seconds until one more is let through, if nobody else comes first."""
    free, past = _allowed(limit, strictness) - 1, limit.past(now)
    if free < 0:
        share = 2.0 - past
    elif found.present <= free:  # the last bucket has only to slide a little further out
        share = 1 - (free - found.present) / found.last - past
    else:
        share = 1 - past + 1 - free / found.present
    return max(1, math.ceil(share * limit.seconds - ROUNDING))


# Reads both buckets of each limit and, unless one is over, counts in all of them. KEYS: last and present bucket of
# each; ARGV: what is allowed, the share of the last bucket that counts, and the seconds to keep a bucket, of each
_SCRIPT = """
local found, over = {}, false
for i = 1, #KEYS / 2 do
  local last = tonumber(redis.call('GET', KEYS[2 * i - 1]) or 0)
  local present = tonumber(redis.call('GET', KEYS[2 * i]) or 0)
  found[2 * i - 1], found[2 * i] = last, present
  if present + last * tonumber(ARGV[3 * i - 1]) + 1 > tonumber(ARGV[3 * i - 2]) + 1e-6 then over = true end
end
if not over then
  for i = 1, #KEYS / 2 do
    redis.call('INCR', KEYS[2 * i])
    redis.call('EXPIRE', KEYS[2 * i], ARGV[3 * i])
  end
end
return found
"""


def _count_in_valkey(limits: Sequence[Limit], now: float) -> list[_Counts]:
    names = [name for limit in limits for name in limit.buckets(now)]
    rules = [word for limit in limits for word in (limit.allowed, repr(1 - limit.past(now)), 2 * limit.seconds + 60)]
    found = valkey.ask(lambda client: client.register_script(_SCRIPT)(names, rules, client))
    return [_Counts(int(last), int(present)) for last, present in zip(found[::2], found[1::2], strict=True)]


_UPSERT = """
INSERT INTO accounts_ratecount (name, "window", count, expires_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (name, "window") DO UPDATE SET count = accounts_ratecount.count + 1
RETURNING count - 1, (SELECT count FROM accounts_ratecount WHERE name = %s AND "window" = %s)
"""
_UNDO = 'UPDATE accounts_ratecount SET count = count - 1 WHERE name = %s AND "window" = %s'


def _count_in_database(limits: Sequence[Limit], now: float, strictness: int) -> list[_Counts]:
    """Count first, under the rows' locks, and take it back where a limit is over: so no two see the same last place."""
    counts = []
    with connection.cursor() as cursor:
        for limit in limits:
            name, window = limit.name, limit.window(now)
            expires = datetime.fromtimestamp(now + 2 * limit.seconds + 60, UTC)
            cursor.execute(_UPSERT, [name, window, expires, name, window - 1])
            present, last = cursor.fetchone()
            counts.append(_Counts(last or 0, present))
        if any(_is_over(limit, found, now, strictness) for limit, found in zip(limits, counts, strict=True)):
            for limit in limits:
                cursor.execute(_UNDO, [limit.name, limit.window(now)])
    return counts
