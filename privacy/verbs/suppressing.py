"""Who wants no news, as a keyed hash of an address, and the token by which one says so: it names nobody."""

import base64
import binascii

from django.conf import settings
from django.urls import reverse

from accounts import crypto, names
from privacy.models import Objection

HALF = 16  # bytes: of the hash, and of what shows that we made the token


def digest(email: str) -> str:
    """What an objection keeps of an address."""
    return crypto.keyed_hash("objection", names.canonical(email))


def token(email: str) -> str:
    """What ends the news to this address: its hash and a keyed hash over that. Nothing is stored for it."""
    hashed = digest(email)
    raw = bytes.fromhex(hashed) + bytes.fromhex(crypto.keyed_hash("objection link", hashed))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(text: str) -> str | None:
    """The hash that a token stands for, or None for one that we never made."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if text.isascii() else b""
    except (binascii.Error, ValueError):
        return None
    hashed = raw[:HALF].hex()
    same = crypto.same(raw[HALF:].hex(), crypto.keyed_hash("objection link", hashed))
    return hashed if len(raw) == 2 * HALF and same else None


def url(email: str) -> str:
    """The address in a mail and in its List-Unsubscribe header."""
    return settings.PUBLIC_URL + reverse("privacy:news_stop", args=[token(email)])


def has_objected(email: str) -> bool:
    """Whether whoever has this address wants no news."""
    return Objection.objects.filter(digest=digest(email)).exists()
