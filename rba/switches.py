"""Which of the eight kinds of data a customer lets be looked at."""

import time
from uuid import UUID

from django.utils import timezone

from accounts import agreeing, audit
from accounts.audit import Actor
from accounts.models import Customer, User
from rba.features import FEATURES
from rba.models import RiskSettings

BY_DEFAULT = frozenset(key for key, feature in FEATURES.items() if feature.on_by_default)
READ_FOR = 10.0  # seconds for which a process goes on with what it read
FINGERPRINT = next(key for key, feature in FEATURES.items() if not feature.on_by_default)

_read: dict[UUID, tuple[float, frozenset[str]]] = {}


class NoReason(ValueError):
    """The fingerprint is switched on with a written reason only."""


def features_of(customer_id: UUID) -> frozenset[str]:
    """What is looked at. Nothing where the customer switched all of it off: then nothing is kept either."""
    known = _read.get(customer_id)
    if known is None or known[0] < time.monotonic():
        row = RiskSettings.objects.filter(customer=customer_id).values_list("features", flat=True).first()
        found = BY_DEFAULT if row is None else frozenset(row) & frozenset(FEATURES)
        known = _read[customer_id] = (time.monotonic() + READ_FOR, found)
    return known[1]


def may_look_at(user: User) -> bool:
    """Not at somebody whose data are restricted, nor who has not agreed to their customer's terms."""
    return user.restricted_at is None and not agreeing.is_missing(user, user.customer)


def features_for(user: User) -> frozenset[str]:
    """What is looked at of one person: the fingerprint only of who said yes to it."""
    if not may_look_at(user):
        return frozenset()
    found = features_of(user.customer_id)
    return found if FINGERPRINT in user.consented else found - {FINGERPRINT}


def settings_of(customer: Customer) -> RiskSettings:
    """What a customer chose, as it stands; not saved where nothing was chosen."""
    chosen = RiskSettings.objects.filter(customer=customer).first()
    return chosen or RiskSettings(customer=customer, features=sorted(BY_DEFAULT))


def switch(customer: Customer, features: frozenset[str], by: Actor, *, reason: str = "") -> None:
    """Look at these kinds of data and no others. Raises NoReason where the fingerprint is on without one."""
    if FINGERPRINT in features and not reason.strip():
        raise NoReason
    before = sorted(features_of(customer.pk))
    chosen = {"features": sorted(features), "reason": reason.strip()[:500], "changed_at": timezone.now()}
    RiskSettings.objects.update_or_create(customer=customer, defaults=chosen)
    forget(customer.pk)
    audit.record("rba.switched", by, customer, customer, facts={"before": before, "after": sorted(features)})


def forget(customer_id: UUID) -> None:
    """Read a customer's switches anew."""
    _read.pop(customer_id, None)
