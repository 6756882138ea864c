"""Tokens as no client makes them."""

import base64
import hashlib
import hmac
import json

from tests.mfa.compat.prompt.site import HEALTH, HOST, TOKEN, Ahead

BAD_ASSERTIONS = {
    "expired": {"exp": Ahead(-120)},
    "good for more than an hour": {"exp": Ahead(4000)},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "soon"},
    "an end that is true": {"exp": True},
    "an end beyond all numbers": {"exp": 10**400},
    "made in the future": {"iat": Ahead(600)},
    "no jti": {"jti": None},
    "a jti that is a number": {"jti": 12345678901234567890},
    "a short jti": {"jti": "short"},
    "a jti that the database refuses": {"jti": "x" * 20 + "\0"},
    "for another endpoint": {"aud": TOKEN},
    "for another server": {"aud": "https://elsewhere.example/oauth/v1/health_check"},
    "for another server and us": {"aud": [HEALTH, "https://elsewhere.example/"]},
    "for the whole host": {"aud": HOST},
    "for nobody": {"aud": None},
    "for brackets": {"aud": "https://[/oauth/v1/health_check"},
    "by another": {"iss": "DIXXXXXXXXXXXXXXXXXX"},
    "about another": {"sub": "DIXXXXXXXXXXXXXXXXXX"},
    "about nobody, as a request is": {"sub": None},
}


def unsigned(claims):
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    ) + "."  # fmt: skip


def raw(payload: bytes, secret: str, header: bytes = b'{"alg":"HS512"}') -> str:
    """A token with a right signature over whatever bytes."""
    head = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (header, payload))
    digest = hmac.new(secret.encode(), head.encode(), hashlib.sha512).digest()
    return f"{head}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
