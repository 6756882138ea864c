"""A signed call acts once: its digest is kept in PostgreSQL while its timestamp would be accepted (security.md S13)."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts import crypto, valkey
from accounts.models import Customer


class Seen(Enum):
    """Whether a signed call was made before."""

    FIRST = "first"
    AGAIN = "again"  # the same timestamp and body
    OTHER_BODY = "other_body"  # a signature that was used for something else


_INSERT = """
INSERT INTO accounts_signedcall (digest, body, at) VALUES (%s, %s, %s) ON CONFLICT (digest) DO NOTHING
"""


def note(customer: Customer, timestamp: str, path: str, body: bytes, *, shared: bool) -> Seen:
    """Note a call and say whether it is the first, inside the caller's transaction; the unique key decides a race.

    The signature covers the timestamp only. Where `shared`, calls of one timestamp may differ in their bodies (parallel
    challenges of a busy site); elsewhere a timestamp belongs to the first body that came with it.
    """
    content = crypto.mac("signed body", path, body)
    digest = crypto.mac("signed call", str(customer.pk), timestamp, content if shared else b"")
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [digest, content, timezone.now()])
        if cursor.rowcount == 1:
            return Seen.FIRST
        if shared:
            return Seen.AGAIN
        cursor.execute("SELECT body FROM accounts_signedcall WHERE digest = %s", [digest])
        row = cursor.fetchone()
    return Seen.AGAIN if row is not None and bytes(row[0]) == content else Seen.OTHER_BODY


LASTS = 11 * 60  # seconds: a timestamp is accepted for five minutes on either side


@dataclass(frozen=True)
class Use:
    """What a timestamp of a customer's was used for: a name in Valkey, and a digest of path and body."""

    place: str
    digest: str


def use_of(customer: Customer, timestamp: str, path: str, body: bytes) -> Use:
    return Use(f"signed:{customer.pk}:{timestamp}", crypto.mac("signed body", path, body).hex())


def remember(pipe: Any, use: Use) -> None:
    """Add to a Valkey pipeline what a timestamp was used for first, whatever the call did."""
    pipe.set(use.place, use.digest, ex=LASTS, nx=True)


def was_used_otherwise(customer: Customer, timestamp: str, path: str, body: bytes) -> bool:
    """Whether this signature came with another call before, a read say, and so may have been captured from it.

    A help beside `note`, which alone is certain: Valkey may forget. The oldest client's clock makes steps of a tenth
    of a second (it prints an exponent), so that its calls do share timestamps; they are let through.
    """
    if not timestamp.isdigit():
        return False
    use = use_of(customer, timestamp, path, body)
    try:
        first = valkey.ask(lambda client: client.get(use.place))
    except valkey.Unreachable:
        return False
    return first is not None and first != use.digest
