"""Assess a sign-in, prove it, count a failure: what other apps call."""

from django.db import transaction
from django.utils import timezone

from accounts import crypto
from accounts.models import Customer, User
from rba.contract import Context
from rba.database import DatabaseStore
from rba.engine import Engine
from rba.features import FEATURES
from rba.keys import Keys
from rba.models import RiskDecision
from rba.store import Decision

BY_DEFAULT = frozenset(key for key, feature in FEATURES.items() if feature.on_by_default)


def assess(user: User, name: str, context: Context, features: frozenset[str] = BY_DEFAULT) -> Decision:
    """Score an attempt and record the decision under a name that is unique within the customer."""
    return _engine(user.customer, features).decide(name, str(user.pk), context)


def prove(customer: Customer, name: str) -> bool:
    """Learn from the attempt that was decided under this name, once."""
    return DatabaseStore(customer).teach(name)


def fail(user: User, name: str, context: Context, features: frozenset[str] = BY_DEFAULT) -> None:
    """Count a wrong password or a refused proof."""
    _engine(user.customer, features).fail(name, str(user.pk), context)


def fold_all() -> None:
    """Bring every customer's counts up to date; a customer of which nothing waits costs nothing."""
    waiting = RiskDecision.objects.filter(folded__lt=RiskDecision.Folded.LEARNED)
    for customer in Customer.objects.filter(pk__in=waiting.values("customer").distinct()):
        with transaction.atomic():
            DatabaseStore(customer).fold(int(timezone.now().timestamp()))


def keys_of(customer: Customer) -> Keys:
    """The key of a customer's hashes, which is in no database."""
    return Keys(bytes.fromhex(crypto.keyed_hash("risk", str(customer.pk))))


def _engine(customer: Customer, features: frozenset[str]) -> Engine:
    return Engine(DatabaseStore(customer), keys_of(customer), features)
