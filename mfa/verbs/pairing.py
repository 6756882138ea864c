"""A site's pair for the prompt: its client id and secret, and the addresses it may have people led back to."""

import secrets
import string
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts import audit, crypto
from accounts.audit import Actor
from accounts.models import Site
from mfa.models import PromptClient

PREFIX = "DI"  # Java's client insists on it
ID_LENGTH, SECRET_LENGTH = 20, 40
OVERLAP = timedelta(days=7)
MOST_ADDRESSES = 20
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Unfit(ValueError):
    """An address that nobody may be led to; the text is one of the words below."""


NO_ADDRESS, FRAGMENT, NOT_SECURE, TOO_MANY, KNOWN = "no_address", "fragment", "not_secure", "too_many", "known"


@transaction.atomic
def make_pair(site: Site, by: Actor) -> PromptClient:
    """A pair for a site that has none. The secret is to be shown once: from the instance that this returns."""
    secret = _drawn(string.ascii_letters + string.digits, SECRET_LENGTH)
    client = PromptClient(customer=site.customer, site=site, secret=secret, ending=secret[-4:])
    client.client_id = PREFIX + _drawn(string.ascii_uppercase + string.digits, ID_LENGTH - len(PREFIX))
    client.save(force_insert=True)
    audit.record("prompt.pair_made", by, site.customer, site, facts={"ending": client.ending})
    return client


@transaction.atomic
def rotate(client: PromptClient, by: Actor, overlap: timedelta = OVERLAP) -> PromptClient:
    """A new secret. The one before works until the overlap ends, and ones before that end now."""
    locked = _locked(client)
    before = locked.ending
    locked.earlier_secret, locked.secret = locked.secret, _drawn(string.ascii_letters + string.digits, SECRET_LENGTH)
    locked.ending, locked.rotated_at = locked.secret[-4:], timezone.now()
    locked.earlier_until = locked.rotated_at + overlap
    locked.save(update_fields=["secret", "ending", "earlier_secret", "earlier_until", "rotated_at"])
    facts = {"from": before, "to": locked.ending, "overlap_hours": overlap.total_seconds() // 3600}
    audit.record("prompt.pair_rotated", by, locked.customer, locked.site, facts=facts)
    return locked


@transaction.atomic
def end_earlier(client: PromptClient, by: Actor) -> None:
    """End the secret before the last rotation now."""
    client.earlier_secret = client.earlier_until = None
    client.save(update_fields=["earlier_secret", "earlier_until"])
    audit.record("prompt.earlier_ended", by, client.customer, client.site)


@transaction.atomic
def add_address(client: PromptClient, uri: str, any_query: bool, by: Actor) -> None:
    """Let people be led to this address too. Raises Unfit."""
    uri = fit(uri)
    locked = _locked(client)
    if any(entry["uri"] == uri for entry in locked.redirects):
        raise Unfit(KNOWN)
    if len(locked.redirects) >= MOST_ADDRESSES:
        raise Unfit(TOO_MANY)
    _write(locked, [*locked.redirects, {"uri": uri, "any_query": any_query}])
    audit.record("prompt.address_added", by, locked.customer, locked.site, facts={"address": uri})


@transaction.atomic
def remove_address(client: PromptClient, name: str, by: Actor) -> bool:
    """Lead nobody to the address of this name any more; False when it was not there."""
    locked = _locked(client)
    gone = [entry["uri"] for entry in locked.redirects if name_of(entry["uri"]) == name]
    if not gone:
        return False
    _write(locked, [entry for entry in locked.redirects if entry["uri"] not in gone])
    audit.record("prompt.address_removed", by, locked.customer, locked.site, facts={"address": gone[0]})
    return True


def name_of(uri: str) -> str:
    """By what a page's own address names a redirect address."""
    return crypto.keyed_hash("redirect address", uri)[:12]


def fit(uri: str) -> str:
    """The address, if people may be led there: https, or http on this very machine (RFC 8252 §7.3). Raises Unfit."""
    uri = uri.strip()
    if not uri.isascii() or not uri.isprintable() or len(uri) > 1000 or any(char in uri for char in ' \\"<>'):
        raise Unfit(NO_ADDRESS)
    try:
        parts = urlsplit(uri)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError as error:
        raise Unfit(NO_ADDRESS) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good or "@" in parts.netloc:
        raise Unfit(NO_ADDRESS)
    if "#" in uri:
        raise Unfit(FRAGMENT)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Unfit(NOT_SECURE)
    return uri


def _locked(client: PromptClient) -> PromptClient:
    return (
        PromptClient.objects.select_for_update(no_key=True, of=("self",))
        .select_related("site", "customer")
        .get(pk=client.pk)
    )


def _write(client: PromptClient, redirects: list[dict[str, Any]]) -> None:
    client.redirects = redirects
    client.save(update_fields=["redirects"])


def _drawn(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _position in range(length))
