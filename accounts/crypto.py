"""Root keys and what is derived from them: field encryption, message codes and keyed hashes.

ENCRYPTION_KEYS is a list of `id:key`, newest first, each key 32 random bytes in URL-safe base64. From every root one
key a purpose is derived by HKDF (RFC 5869), so that a keyed hash never shares a key with a ciphertext or a code.
"""

import base64
import hmac
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnknownKey(LookupError):
    """A row names a root key that ENCRYPTION_KEYS no longer holds."""


@cache
def _roots() -> dict[str, bytes]:
    roots: dict[str, bytes] = {}
    for entry in settings.ENCRYPTION_KEYS:
        key_id, _, encoded = entry.partition(":")
        roots[key_id] = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        if len(roots[key_id]) < 32:
            raise ValueError(f"ENCRYPTION_KEYS: key {key_id!r} is shorter than 32 bytes")
    return roots


def newest_key_id() -> str:
    """The id of the root key that new rows are to name."""
    return next(iter(_roots()))


def key_ids() -> list[str]:
    """The ids of all root keys, the newest first."""
    return list(_roots())


@cache
def derive(purpose: str, key_id: str = "") -> bytes:
    """32 bytes for one purpose, from the named root key or the newest. Raises UnknownKey."""
    roots = _roots()
    root = roots.get(key_id or newest_key_id())
    if root is None:
        raise UnknownKey(key_id)
    return HKDF(SHA256(), 32, salt=None, info=f"kumquat {purpose}".encode()).derive(root)


FIELD = "field"  # the purpose of what is encrypted, unless a field says another


@cache
def _fernet(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derive(purpose, key_id))) for key_id in _roots()])


def is_newest(token: str, purpose: str = FIELD) -> bool:
    """Whether a token was written under the newest root key."""
    try:
        Fernet(base64.urlsafe_b64encode(derive(purpose))).decrypt(token)
    except InvalidToken:
        return False
    return True


def rotate(token: str, purpose: str = FIELD) -> str:
    """The same content and place under the newest root key. Raises InvalidToken when no key opens it."""
    return _fernet(purpose).rotate(token).decode()


def encrypt(plain: str, place: str, purpose: str = FIELD) -> str:
    """A token that `decrypt` opens only for the same `place` (table, column, row), so that a copied cell fails."""
    return _fernet(purpose).encrypt(f"{place}\0{plain}".encode()).decode()


def decrypt(token: str, place: str, purpose: str = FIELD) -> str:
    """The text that was encrypted for `place`. Raises InvalidToken for another key, ValueError for another place."""
    stored_place, _, plain = _fernet(purpose).decrypt(token).decode().partition("\0")
    if stored_place != place:
        raise ValueError(f"this ciphertext does not belong to {place}")
    return plain


def mac(purpose: str, *parts: str | bytes | int, key_id: str = "") -> bytes:
    """A keyed hash (HMAC-SHA-256) over parts that cannot run into one another: each is preceded by its length."""
    raw = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in raw)
    return hmac.digest(derive(purpose, key_id), framed, "sha256")


def keyed_hash(purpose: str, *parts: str | bytes | int) -> str:
    """The first 128 bits of `mac` by the oldest root, in hex: a name for a value that must not be readable.

    The oldest key, so that a hash written before a rotation still compares equal after it.
    """
    return mac(purpose, *parts, key_id=list(_roots())[-1])[:16].hex()


def sign(purpose: str, text: str) -> tuple[str, str]:
    """The id of the newest root key, and a signature in hex (Ed25519, RFC 8032) by the key that it gives a purpose."""
    return newest_key_id(), _signer(purpose, newest_key_id()).sign(text.encode()).hex()


def signed(purpose: str, key_id: str, text: str, signature: str) -> bool:
    """Whether `sign` made this signature, to the letter: hex in capitals, say, is another text."""
    if key_id not in _roots():
        return False
    try:
        raw = bytes.fromhex(signature)
        _signer(purpose, key_id).public_key().verify(raw, text.encode())
    except (ValueError, InvalidSignature):
        return False
    return raw.hex() == signature


def public_keys(purpose: str) -> dict[str, str]:
    """What others check signatures of a purpose with: by key id, 32 bytes in hex."""
    return {key_id: _signer(purpose, key_id).public_key().public_bytes_raw().hex() for key_id in _roots()}


@cache
def _signer(purpose: str, key_id: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(f"sign {purpose}", key_id))


def same(left: str | bytes, right: str | bytes) -> bool:
    """Equality in constant time; nothing equals an empty value, so that a missing secret never matches."""
    left = left.encode() if isinstance(left, str) else left
    right = right.encode() if isinstance(right, str) else right
    return bool(left) and hmac.compare_digest(left, right)
