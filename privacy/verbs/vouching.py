"""The word of a site for who is signed in there: a token that it signs with its key, or a link that it asks for.

A token is four parts with dots between: the username in URL-safe base64 without padding, the second of its making, a
nonce of the site's, and in hex the HMAC-SHA-256, under the site's API key, of "kumquat vouch", the customer's number
and those three parts with a line feed between each (docs/privacy/vouching.md).
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import audit, crypto, links, replay
from accounts.audit import Actor
from accounts.http import Source
from accounts.models import AuditRecord, Customer, Link, User
from accounts.verbs import keys, people
from privacy.models import Evidence, PrivacyRequest
from privacy.verbs import proving

LASTS = timedelta(minutes=5)
LINK = "privacy.vouched"  # the purpose of a link that a program asked for
_TOKEN = re.compile(r"([\w-]{1,400})\.(\d{10})\.([\w-]{8,64})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class Vouched:
    """Who is vouched for, and by which site."""

    user: User | None
    username: str
    site_id: UUID


def sign(number: int, secret: str, username: str, at: int, nonce: str) -> str:
    """The token that a site makes."""
    name = base64.urlsafe_b64encode(username.encode()).decode().rstrip("=")
    return f"{name}.{at}.{nonce}.{_mac(number, secret, name, str(at), nonce)}"


def _mac(number: int, secret: str, *parts: str) -> str:
    said = "\n".join(("kumquat vouch", str(number), *parts))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def read(customer: Customer, token: str) -> Vouched | None:
    """Whom a token vouches for, or None for one that no live key of the customer's signed in these five minutes."""
    found = _TOKEN.fullmatch(token)
    if found is None or abs(time.time() - int(found[2])) > LASTS.total_seconds():
        return None
    site_id = None
    for key in keys.live_keys(str(customer.number)):  # all of them, so that time does not tell which
        if crypto.same(_mac(customer.number, key.secret, *found.groups()[:3]), found[4]):
            site_id = key.site_id
    username = _name(found[1])
    if site_id is None or username is None:
        return None
    return Vouched(people.find_user(customer, username), username, site_id)


def _name(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


@transaction.atomic
def spend(customer: Customer, token: str) -> bool:
    """Use a token up; False when it was used before."""
    at = token.split(".")[1]
    return replay.note(customer, at, "kumquat vouch", token.encode(), shared=True) is replay.Seen.FIRST


@transaction.atomic
def make_link(user: User, by: Actor) -> Link:
    """A link for somebody who is signed in at the site whose program asks; good once, for five minutes."""
    link = links.make(LINK, lasts=LASTS, customer=user.customer, user=user, about=str(by.id))
    audit.record("privacy.vouched_link", by, user.customer, user)
    return link


def url(link: Link) -> str:
    """The whole address of a link that `make_link` made."""
    slug = link.customer.slug if link.customer else ""
    return settings.PUBLIC_URL + reverse("rights:from_program", args=[slug, links.token(link)])


def by_site(site_id: str, source: Source) -> Actor:
    """The site as who vouches."""
    return Actor(AuditRecord.Actor.SITE, UUID(site_id), source)


def by_program(token_id: str, source: Source) -> Actor:
    """The site's program as who vouches."""
    return Actor(AuditRecord.Actor.TOKEN, UUID(token_id), source)


def is_vouched_for(request: PrivacyRequest) -> bool:
    """Whether somebody who knows the person said that it is they who asked, and not a factor of their own."""
    others = request.evidence.exclude(way=Evidence.Way.OWN)
    return others.filter(height__gte=proving.needed(request)).exists()
