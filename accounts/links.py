"""Links that we mail: made in a row, completed by a keyed hash only while the message is sent."""

import base64
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts import clock, crypto
from accounts.models import Customer, Link, User


def make(
    purpose: str,
    *,
    lasts: timedelta,
    customer: Customer | None = None,
    user: User | None = None,
    about: str = "",
    value: str = "",
) -> Link:
    """Write a link's row. `about` is an id it concerns; `value` is kept encrypted (a new address, say)."""
    now = clock.now()
    return Link.objects.create(
        key_id=crypto.newest_key_id(),
        purpose=purpose,
        customer=customer,
        user=user,
        about=about,
        value=value,
        created_at=now,
        expires_at=now + lasts,
    )


def token(link: Link) -> str:
    """What the mailed address ends in: the row's public id and an HMAC over key id, purpose and id."""
    digest = crypto.mac("link", link.key_id, link.purpose, link.public_id, key_id=link.key_id)
    return f"{link.public_id}.{base64.urlsafe_b64encode(digest[:18]).decode()}"


def url(link: Link) -> str:
    """The whole address of a link, from PUBLIC_URL."""
    return settings.PUBLIC_URL + reverse("link", args=[token(link)])


def find(text: str) -> Link | None:
    """The row that a token belongs to, open or not, or None for a token that we never made."""
    public_id, _, _ = text.partition(".")
    row = Link.objects.select_related("customer", "user", "user__customer").filter(public_id=public_id[:22]).first()
    try:
        return row if row is not None and crypto.same(token(row), text) else None
    except crypto.UnknownKey:
        return None


def spend(link: Link) -> bool:
    """Use a link up; False when somebody else just did, or it has expired. One conditional UPDATE decides."""
    won = Link.objects.filter(pk=link.pk, used_at=None, expires_at__gt=Now()).update(used_at=Now()) == 1
    if won:
        link.used_at = timezone.now()
    return won


def is_open(link: Link) -> bool:
    """Whether a link can still be used, by the database's clock."""
    return Link.objects.filter(pk=link.pk, used_at=None, expires_at__gt=Now()).exists()


def close_others(user: User, purpose: str) -> None:
    """End the user's open links of one purpose, so that only the newest works."""
    Link.objects.filter(user=user, purpose=purpose, used_at=None).update(used_at=timezone.now())
