"""The JSON Web Tokens of the prompt's clients: read with one algorithm and our own rules, and the one that we sign.

Three kinds go by the same secret and must never pass for one another (RFC 8725 §3.12): a request has no `sub`, an
assertion has one and one endpoint as its audience, our id_token is issued by us.
"""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.utils import timezone
from jwt.algorithms import HMACAlgorithm

from mfa.models import PromptClient

ALGORITHM = "HS512"  # ours to fix, never the header's (RFC 8725 §3.1)
LEEWAY = 60
LONGEST_LIFE = 3600
LONGEST = 16_384  # characters of a token
JTI = (16, 128)
PATH = "/oauth/v1/"
UNREADABLE = (jwt.PyJWTError, ValueError, RecursionError)  # the last of a header that is nested without end


class ShortSecret(HMACAlgorithm):
    """HMAC with SHA-512 by a secret of 40 characters, as all clients have: RFC 7518 §3.2 wants 64, and PyJWT warns."""

    def check_key_length(self, key: bytes) -> None:
        return None


_JWS = jwt.PyJWS(algorithms=[])
_JWS.register_algorithm(ALGORITHM, ShortSecret(ShortSecret.SHA512))


class Refused(Exception):
    """A token that is not to be believed. Its text says why, to whoever holds the secret."""


def claimed_client(token: str) -> str:
    """The client that an assertion says it is from. Proves nothing."""
    try:
        claims = _parsed(_JWS.decode(token[:LONGEST], options={"verify_signature": False}))
    except UNREADABLE:
        return ""
    found = (claims or {}).get("iss")
    return found if isinstance(found, str) else ""


def read(token: str, client: PromptClient) -> tuple[dict[str, Any], str]:
    """The claims of a token that this client signed, and the secret that it did so with.

    Right after a rotation the earlier secret is good as well. Checks the signature, that the token is not too old and
    not good for too long, and that its texts can be stored. Raises Refused.
    """
    if len(token) > LONGEST:
        raise Refused("too long")
    for secret in secrets_of(client):
        claims = _opened(token, secret)
        if claims is not None:
            _check(claims)
            return claims, secret
    raise Refused("signature")


def secrets_of(client: PromptClient) -> list[str]:
    """The client's secret, and the one before as long as both work."""
    earlier = client.earlier_secret if client.earlier_until and client.earlier_until > timezone.now() else None
    return [secret for secret in (client.secret, earlier) if secret]


def _opened(token: str, secret: str) -> dict[str, Any] | None:
    """The claims, if the signature is by this secret and our algorithm. The header's key hints are ignored."""
    try:
        return _parsed(_JWS.decode(token, secret, algorithms=[ALGORITHM]))
    except UNREADABLE:
        return None


def _parsed(payload: bytes) -> dict[str, Any] | None:
    """The claims in a payload; None for what is no object, says one thing twice, or is nested without end (S27)."""
    try:
        claims = json.loads(payload, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and the infinities, which JSON does not have


def _check(claims: Mapping[str, Any]) -> None:
    now = time.time()
    expires = number(claims.get("exp"))
    if expires is None or expires <= now - LEEWAY:
        raise Refused("expired")
    if expires > now + LONGEST_LIFE + LEEWAY:
        raise Refused("good for too long")
    for name in {"iat", "nbf"} & set(claims):
        moment = number(claims[name])
        if moment is None or moment > now + LEEWAY:
            raise Refused("from the future")
    if not all(is_storable(value) for value in claims.values() if isinstance(value, str)):
        raise Refused("characters")


def number(value: Any) -> float | None:
    """A moment as clients write it: an integer, a float, or a text of digits (C#)."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None  # NaN and the infinities, too, lie in no range
    return float(value)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL and a redirect can carry it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def audience(claims: Mapping[str, Any]) -> str:
    """The one audience, also from a list of one (Go); empty for any other."""
    found = claims.get("aud")
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, str) else ""


def is_ours(url: str, *paths: str) -> bool:
    """Whether an address is one of these paths here: under a configured name, never one from the request.

    Clients always say https. A demo and a test may stand behind a TLS proxy on any port of this machine.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return False
    public = urlsplit(settings.PUBLIC_URL)
    if parts.scheme not in {"https", public.scheme} or parts._replace(scheme="", netloc="").geturl() not in paths:
        return False
    names = {public.netloc, public.hostname, *settings.ALLOWED_HOSTS}
    anywhere = settings.DEMO or settings.TESTING
    return parts.netloc in names or (anywhere and _is_loopback(parts.netloc))


def _is_loopback(netloc: str) -> bool:
    name, _, port = netloc.rpartition(":")
    return name in {"localhost", "127.0.0.1"} and port.isdecimal()


def check_assertion(claims: Mapping[str, Any], client: PromptClient, path: str) -> str:
    """The id of a client assertion for the endpoint at `path` (RFC 7523 §3). Raises Refused."""
    if not claims.get("iss") == claims.get("sub") == client.client_id:
        raise Refused("iss and sub")
    if not is_ours(audience(claims), path):
        raise Refused("aud")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not JTI[0] <= len(jti) <= JTI[1]:
        raise Refused("jti")
    return jti


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """Our own token, under the secret that the client used."""
    return _JWS.encode(json.dumps(claims).encode(), secret, algorithm=ALGORITHM)
