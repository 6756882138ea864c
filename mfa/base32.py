"""Secrets as people and apps write them: base32 (RFC 4648 §6), of 80 to 512 bits."""

import base64
import binascii

LONGEST = 128


def decode(secret: object) -> bytes:
    """The key behind a base32 text, spaces and padding as they come. Raises ValueError when it is none."""
    if not isinstance(secret, str) or len(secret) > LONGEST:
        raise ValueError("not a secret")
    text = secret.replace(" ", "").upper().rstrip("=")
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base32") from error
    if not 10 <= len(key) <= 64:
        raise ValueError("a secret has 80 to 512 bits")
    return key
