"""The headers that existing plugins sign: who calls, checked in constant time against the customer's live keys."""

import hashlib
import re
import time
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

from accounts import crypto
from accounts.models import ApiKey, Customer, Site
from accounts.verbs import keys

SKEW = 300  # seconds that a client's clock may be off
# Digits, or PHP's way to print a float of that size
_TIMESTAMP = re.compile(r"\d{10,16}(\.\d{1,12})?(E\+\d{1,2})?", re.ASCII)
_TIMESTAMP_FLOAT = re.compile(r"\d\.\d{1,16}E\+1[0-5]", re.ASCII)


class Refused(StrEnum):
    """Why a signature does not count, as the log of calls names it."""

    MISSING = "missing"
    CLOCK = "clock"
    KEY = "key"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Caller:
    """Who signed: a site with its customer and key, or nobody in particular with a published pair (`is_public`).

    `is_keyless`: with no key at all, as one old client does before it has one.
    """

    timestamp: str
    customer: Customer | None = None
    site: Site | None = None
    key: ApiKey | None = None
    is_public: bool = False
    is_keyless: bool = False


@dataclass(frozen=True)
class Unsigned:
    """No valid signature: why, and under which number it was tried."""

    reason: Refused
    number: str = ""
    skew: int = 0  # seconds by which the client's clock is behind (positive) or ahead


def identify(request: HttpRequest) -> Caller | Unsigned:
    """Who calls, by Customer-Key, Timestamp and Authorization.

    SHA-512 over number, timestamp and key (protocol.md §1).
    """
    number = request.headers.get("Customer-Key", "")[:20].strip()
    timestamp = request.headers.get("Timestamp", "")[:40].strip()
    signature = request.headers.get("Authorization", "")[:200].strip().lower()
    if not signature or signature == "basic":
        return Unsigned(Refused.MISSING, number)
    skew = _skew(timestamp)
    if skew is None:
        return Unsigned(Refused.MISSING, number)
    if abs(skew) > SKEW:
        return Unsigned(Refused.CLOCK, number, round(skew))
    if not number or number in settings.PUBLISHED_CLIENTS:
        # One old client signs with no key at all before it has one; what it may do is what a published pair may
        secret = settings.PUBLISHED_CLIENTS.get(number, "")
        if crypto.same(sign(number, timestamp, secret), signature):
            return Caller(timestamp, is_public=True, is_keyless=not number)
        return Unsigned(Refused.KEY, number)
    return _site(number, timestamp, signature)


def _site(number: str, timestamp: str, signature: str) -> Caller | Unsigned:
    live = keys.live_keys(number)
    if not live:
        sign(number, timestamp, signature)
        return Unsigned(Refused.CUSTOMER, number)
    found: ApiKey | None = None
    for key in live:  # all of them, so that time does not tell which
        if crypto.same(sign(number, timestamp, key.secret), signature):
            found = key
    if found is None:
        return Unsigned(Refused.KEY, number)
    return Caller(timestamp, found.customer, found.site, found)


def sign(number: str, timestamp: str, secret: str) -> str:
    """The hash that a client sends, in lower-case hex."""
    return hashlib.sha512(f"{number}{timestamp}{secret}".encode()).hexdigest()


def _skew(timestamp: str) -> float | None:
    if not (_TIMESTAMP.fullmatch(timestamp) or _TIMESTAMP_FLOAT.fullmatch(timestamp)):
        return None
    return time.time() - float(timestamp) / 1000
