"""Trusted devices: browsers that need not prove themselves again for a while, and how a copied one shows itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, browsers, crypto
from accounts.audit import Actor
from accounts.http import Source
from accounts.models import Site, User
from mfa.models import TrustedDevice
from mfa.policies import Effective, Rule
from mfa.verbs import locking, notices

AT_ONCE = timedelta(seconds=60)  # so long the value before the last is good: two windows, or an answer that got lost


def open_devices(user: User, at: datetime) -> QuerySet[TrustedDevice]:
    """The browsers that this person trusts now."""
    return TrustedDevice.objects.filter(user=user, ended_at=None, expires_at__gt=at)


@transaction.atomic
def trust(
    user: User, site: Site | None, rules: Effective, source: Source, *, instead_of: str = "", named: str = ""
) -> tuple[TrustedDevice, str] | None:
    """Trust the browser that the person just proved themselves in, at one site or on their own pages (`site` None).

    Returns the device and its cookie's value, or None where the policy remembers no devices. Of more devices than the
    policy allows the least recently used end. `instead_of` is the value that the browser came with.
    `named` is a hash by which a site's program tells its browser, which then has no cookie of ours.
    """
    days = rules.value(Rule.REMEMBER_DAYS)
    if not days:
        return None
    locked, at = locking.lock(User.objects.filter(pk=user.pk))  # one after the other, so that the number holds
    mine = open_devices(user, at).filter(site=site)
    mine.filter(public_id=_named(instead_of)).update(ended_at=at, expires_at=at)
    kept = mine.order_by("-last_used_at").values_list("pk", flat=True)[: rules.value(Rule.REMEMBER_DEVICES) - 1]
    mine.exclude(pk__in=list(kept)).update(ended_at=at, expires_at=at)
    device = TrustedDevice(customer_id=user.customer_id, user=user, site=site, stamp=_stamp(locked))
    device.browser, device.country = browsers.words(source.user_agent), source.place.country
    device.created_at = device.last_used_at = device.rotated_at = at
    device.expires_at = at + timedelta(days=days)
    value = _value(device)
    device.token_hash = named or _hash(value)
    device.save(force_insert=True)
    audit.record("mfa.device_trusted", audit.end_user(user, source), user.customer, device, person=user.pk)
    return device, value


def is_trusted(user: User, site: Site, named: str, rules: Effective) -> bool:
    """Whether a site's program told this browser before, and nothing of the person's set-up has changed since."""
    at = timezone.now()
    since = at - timedelta(days=rules.value(Rule.REMEMBER_DAYS))
    found = open_devices(user, at).filter(site=site, token_hash=named, created_at__gt=since).first()
    return found is not None and crypto.same(found.stamp, _stamp(user))


@transaction.atomic
def recognise(
    user: User, site: Site | None, cookie: str, rules: Effective, source: Source, by: Actor
) -> tuple[TrustedDevice, str] | None:
    """The trusted device that a cookie stands for, and the value that takes the cookie's place; None for any other.

    Bound to person, site and security set-up: a cookie of another's, and one from before a factor changed, are worth
    nothing. The value changes at every use. Whoever comes with an older one, later than two windows of one browser
    would, holds a copy or was copied from: the device ends, and the person is told.
    """
    named = TrustedDevice.objects.filter(user=user, site=site, public_id=_named(cookie), ended_at=None)
    device, at = locking.lock(named) if cookie else (None, timezone.now())
    if device is None or device.expires_at <= at:
        return None
    days = rules.value(Rule.REMEMBER_DAYS)
    if not crypto.same(device.stamp, _stamp(user)) or device.created_at + timedelta(days=days) <= at:
        _end(device, at)
        return None
    digest = _hash(cookie)
    if crypto.same(digest, device.earlier_hash) and at - device.rotated_at <= AT_ONCE:
        return device, _value(device)
    if not crypto.same(digest, device.token_hash):
        _stolen(device, user, by, at)
        return None
    device.earlier_hash, device.rotated_at, device.last_used_at = digest, at, at
    device.country = source.place.country or device.country
    value = _value(device)
    device.token_hash = _hash(value)
    device.save(update_fields=["earlier_hash", "token_hash", "rotated_at", "last_used_at", "country"])
    return device, value


@transaction.atomic
def revoke(user: User, public_id: str, by: Actor) -> bool:
    """Trust one browser no longer; False when the person trusts no such one."""
    device, at = locking.lock(TrustedDevice.objects.filter(user=user, public_id=public_id[:22], ended_at=None))
    if device is None:
        return False
    _end(device, at)
    audit.record("mfa.device_revoked", by, user.customer, device, person=user.pk)
    return True


@transaction.atomic
def revoke_all(user: User, by: Actor) -> int:
    """Trust none of a person's browsers any longer, and say how many there were."""
    _locked, at = locking.lock(User.objects.filter(pk=user.pk))
    ended = open_devices(user, at).update(ended_at=at, expires_at=at)
    if ended:
        audit.record("mfa.devices_revoked", by, user.customer, user, facts={"devices": ended})
    return ended


def _end(device: TrustedDevice, at: datetime) -> None:
    device.ended_at = device.expires_at = at
    device.save(update_fields=["ended_at", "expires_at", "stolen_at"])


def _stolen(device: TrustedDevice, user: User, by: Actor, at: datetime) -> None:
    device.stolen_at = at
    _end(device, at)
    audit.record("mfa.device_stolen", by, user.customer, device, person=user.pk)
    notices.device_stolen(user, device)


def _named(cookie: str) -> str:
    """The device that a cookie's value names. Nothing but ASCII, for PostgreSQL refuses NUL."""
    public_id = cookie[:100].partition(".")[0]
    return public_id[:22] if public_id.isascii() and public_id.isprintable() else ""


def _value(device: TrustedDevice) -> str:
    """What the cookie holds since the last rotation: derived, so that a lost answer can be given again."""
    moment = int(device.rotated_at.timestamp() * 1_000_000)
    digest = crypto.mac("trusted device", device.public_id, moment)
    return f"{device.public_id}.{digest[:18].hex()}"


def _hash(value: str) -> str:
    return crypto.keyed_hash("device cookie", value)


def _stamp(user: User) -> str:
    """The person's security set-up: what they prove themselves with, and where they are reached."""
    changed = user.factors_changed_at.isoformat() if user.factors_changed_at else ""
    return crypto.keyed_hash("set-up", str(user.pk), changed, user.canonical_email, str(user.phone or ""))
