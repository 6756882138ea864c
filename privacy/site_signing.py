"""How a site and this server sign to one another: Standard Webhooks both ways, and Ed25519 under what a site answers.

The secret of a site is derived from its API key, so a site needs nothing but what its plugin holds already, and a
signature of another dialect (which covers no body) can never stand for one of these.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import ApiKey

PURPOSE = b"kumquat site jobs"
KEY_BYTES, SIGNATURE_BYTES = 32, 64


def secret(api_key: str) -> str:
    """The secret of a site as Standard Webhooks spells it: HMAC-SHA-256 of a fixed text under the API key."""
    return f"whsec_{base64.b64encode(hmac.new(api_key.encode(), PURPOSE, hashlib.sha256).digest()).decode()}"


def headers(keys: Iterable[ApiKey], name: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of a message to a site, signed with each of its live keys."""
    signed = (Webhook(secret(key.secret)).sign(name, at.astimezone(UTC), body) for key in keys)
    stamp = str(int(at.timestamp()))
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": " ".join(signed)}


def signer(keys: Iterable[ApiKey], given: Mapping[str, str], body: bytes) -> ApiKey | None:
    """The key that signed a call, or None; a timestamp five minutes off counts for nothing."""
    found = None
    sent = {name: given.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    for key in keys:  # all of them, so that time does not tell which
        if _fits(key, sent, body):
            found = key
    return found


def _fits(key: ApiKey, sent: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret(key.secret)).verify(body, sent, json_parse=False)
    except (WebhookVerificationError, ValueError):  # what is no base64, UTF-8 or moment is a ValueError
        return False
    return True


def is_public_key(text: Any) -> bool:
    """Whether a text is a public key as sites send it: 32 bytes in base64."""
    return _bytes(text, KEY_BYTES) is not None


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Whether a signature over a text was made with the private half of a public key."""
    key, given = _bytes(public_key, KEY_BYTES), _bytes(signature, SIGNATURE_BYTES)
    if key is None or given is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(given, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: Any, length: int) -> bytes | None:
    if not isinstance(text, str) or len(text) > 2 * length:
        return None
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return found if len(found) == length and base64.b64encode(found).decode() == text else None
