"""ways(): how a person may prove themselves now: what they have, and what the policy lets serve."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts import names
from accounts.models import Customer, User
from mfa.contract import METHODS, Addresses, Method, Words
from mfa.models import Authenticator
from mfa.policies import Effective


@dataclass(frozen=True)
class Way:
    """One way to prove oneself. `hint` says which: a name, a masked address, how many codes are left."""

    method: Method
    authenticator: Authenticator | None
    hint: Words

    @property
    def key(self) -> str:
        """What a page's form sends to choose it."""
        several = self.authenticator is not None and self.authenticator.bound_here and self.method.channels
        return self.authenticator.public_id if several and self.authenticator else self.method.key

    @property
    def last_used_at(self) -> datetime | None:
        return self.authenticator.last_used_at if self.authenticator is not None else None


def ways(user: User, rules: Effective) -> list[Way]:
    """What this user may prove now, the last used first, then the strongest; in one query.

    Methods that need an address only are there when the user has one, a provider for them exists and they are not
    switched off.
    """
    return among(user, rules, list(Authenticator.objects.filter(user=user)))


def among(user: User, rules: Effective, mine: list[Authenticator]) -> list[Way]:
    """As `ways`, of authenticators that were read already."""
    offered = [way for method in METHODS.values() if rules.allows(method) for way in _of_method(method, user, mine)]
    return sorted(offered, key=_precedence)


def find(offered: list[Way], key: str) -> Way | None:
    """The way that a form named, or None when it is not offered."""
    return next((way for way in offered if way.key == key), None)


def has_factor(offered: list[Way]) -> bool:
    """Whether any of them is a second factor of its own, not only a way back in."""
    return any(not way.method.is_standby for way in offered)


def is_offered(method: Method, customer: Customer) -> bool:
    """Whether this server has a provider for what the method sends. In test mode nothing is sent, so none is needed."""
    by_channel = {"email": True, "sms": bool(settings.SMS_URLS), "voice": bool(settings.VOICE_URLS)}
    return customer.is_test or all(by_channel[channel] for channel in method.channels)


def _of_method(method: Method, user: User, mine: list[Authenticator]) -> list[Way]:
    rows = [one for one in mine if one.method == method.key]
    usable = [one for one in rows if one.confirmed and one.is_usable and method.left(one) != 0]
    if method.needs_enrolment:
        return [Way(method, usable[0], _hint(method, usable))] if usable else []
    if not is_offered(method, user.customer):
        return []
    address = method.address_of(Addresses(user.email, str(user.phone or "")))
    bound = [one for one in usable if one.bound_here and one.address and one.address != address]
    found = [Way(method, one, names.mask(one.address or "")) for one in bound]
    known = next((one for one in rows if one.address == address and one.expires_at is None), None)
    has_pass = any(one.expires_at is not None for one in usable if one.address == address)
    if address and (known is None or known.is_usable or has_pass):
        found.insert(0, Way(method, known, " · ".join(names.mask(part) for part in address.split())))
    return found


def _hint(method: Method, usable: list[Authenticator]) -> Words:
    named = ", ".join(one.name for one in usable[:3] if one.name)
    return named or method.hint


def _precedence(way: Way) -> tuple[bool, float, int]:
    used = way.last_used_at
    return (way.method.is_standby, -used.timestamp() if used else 0.0, -way.method.assurance)
