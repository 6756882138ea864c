"""Sites' API keys and plugin passwords: made, found, rotated with an overlap, revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, crypto
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.models import ApiKey, Customer, Site, User
from accounts.prepared import prepared
from accounts.roles import Right, may

OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class Found:
    """What a plugin password opened: the member who typed it, the site it belongs to and that site's key."""

    user: User
    customer: Customer
    site: Site
    key: ApiKey


def new_key(site: Site) -> ApiKey:
    """Write a fresh key of 32 letters and digits for a site that has no current one."""
    secret = secrets.token_hex(16)
    return ApiKey.objects.create(customer=site.customer, site=site, secret=secret, ending=secret[-4:])


def current_key(site: Site) -> ApiKey:
    """The site's one key without an end."""
    return ApiKey.objects.get(site=site, retires_at=None, revoked_at=None)


def live_keys(number: str) -> list[ApiKey]:
    """Every live key under a customer's number, with site and customer, in one query; empty for an unknown number.

    A customer has few sites (`sites.MOST_SITES`), so the list is short; the matching key tells which site calls.
    """
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return []
    found = _live_keys(number=int(number), now=timezone.now())
    for key in found:
        key.site.customer = key.customer  # the same row, so that nobody reads it a second time
    return found


@prepared
def _live_keys(*, number: int, now: datetime) -> QuerySet[ApiKey]:
    keys = ApiKey.objects.live(now).filter(customer__number=number, site__archived_at=None)
    return keys.select_related("customer", "site").defer(*_SELDOM_ASKED)


# Columns that few calls look at, and which are read when one does
_SELDOM_ASKED = (
    *("ending", "created_at", "last_used_at", "customer__token_key", "customer__app_secret", "customer__slug"),
    *("customer__public_id", "customer__website", "customer__created_at", "customer__relays_notices"),
    *("site__public_id", "site__url", "site__created_at", "site__is_first", "site__last_call_at", "site__mode"),
    *("site__plugin_version", "site__connector_version", "site__users_on_site"),
    *("site__plugin_password_name", "site__plugin_password_hash", "site__plugin_password_at"),
)


@transaction.atomic
def issue_key(site: Site, by: Actor) -> ApiKey:
    """The first key of a new site."""
    key = new_key(site)
    audit.record("key.issued", by, site.customer, site, facts={"ending": key.ending})
    return key


@transaction.atomic
def rotate_key(site: Site, by: Actor, overlap: timedelta = OVERLAP) -> ApiKey:
    """Replace the site's key. The old one works until the overlap ends, so that the site can be changed in peace."""
    locked = ApiKey.objects.select_for_update().filter(site=site, retires_at=None, revoked_at=None).first()
    if locked is not None:
        locked.retires_at = timezone.now() + overlap
        locked.save(update_fields=["retires_at"])
    key = new_key(site)
    facts = {
        "from": locked.ending if locked else "",
        "to": key.ending,
        "overlap_hours": overlap.total_seconds() // 3600,
    }
    audit.record("key.rotated", by, site.customer, site, facts=facts)
    return key


@transaction.atomic
def revoke_key(key: ApiKey, by: Actor) -> None:
    """End a replaced key now, before its overlap is over."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    audit.record("key.revoked", by, key.customer, key.site, facts={"ending": key.ending})


@transaction.atomic
def make_plugin_password(site: Site, by: Actor) -> str:
    """A new plugin password for a site, returned this once. It fetches that site's key and opens nothing else.

    Its first part names the row; the second is 110 random bits, so a keyed hash is enough.
    """
    name = secrets.token_hex(4)
    password = f"kq-{name}-{secrets.token_hex(14)}"
    site.plugin_password_name = name
    site.plugin_password_hash = _plugin_hash(password)
    site.plugin_password_at = timezone.now()
    site.save(update_fields=["plugin_password_name", "plugin_password_hash", "plugin_password_at"])
    audit.record("site.plugin_password_made", by, site.customer, site)
    return password


def find_by_plugin_password(email: str, password: str) -> Found | None:
    """The site that a plugin password opens for this member, or None for any reason that it does not."""
    prefix, _, rest = password.partition("-")
    name, _, _ = rest.partition("-")
    if prefix != "kq" or not name:
        return None
    site = Site.objects.select_related("customer").filter(plugin_password_name=name[:16], archived_at=None).first()
    member = find_member(email)
    if site is None or site.customer.keys_stopped_at is not None or member is None:
        return None
    if not crypto.same(site.plugin_password_hash, _plugin_hash(password)):
        return None
    membership = member.memberships.filter(customer=site.customer).first()
    if not member.is_active or membership is None or not may(membership.role, Right.SEE_KEYS):
        return None
    return Found(member, site.customer, site, current_key(site))


def _plugin_hash(password: str) -> str:
    return crypto.keyed_hash("plugin password", password)
