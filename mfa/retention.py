"""How long mfa keeps each sort of row, as the data map says, and forget()."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts import retention
from accounts.retention import Rule, by_id
from mfa.models import (
    AddressGuard,
    Authenticator,
    Lane,
    Recovery,
    RiskSession,
    Transaction,
    TrustedDevice,
    UsedAssertion,
    Visit,
)

TRANSACTIONS = timedelta(days=settings.SIGN_IN_DAYS)
COUNTS = PASSES = DEVICES = timedelta(days=30)
SESSIONS = timedelta(days=1)
RECOVERIES = timedelta(days=365)
RULES = (
    by_id(Visit, TRANSACTIONS),
    by_id(Transaction, TRANSACTIONS),
    Rule(UsedAssertion, timedelta(), lambda before: UsedAssertion.objects.filter(expires_at__lt=before)),
    Rule(Lane, COUNTS, lambda before: Lane.objects.filter(changed_at__lt=before)),
    Rule(AddressGuard, COUNTS, lambda before: AddressGuard.objects.filter(changed_at__lt=before)),
    Rule(Authenticator, PASSES, lambda before: Authenticator.objects.filter(expires_at__lt=before)),
    # When it ended stands in expires_at, too
    Rule(TrustedDevice, DEVICES, lambda before: TrustedDevice.objects.filter(expires_at__lt=before)),
    by_id(RiskSession, SESSIONS),
    by_id(Recovery, RECOVERIES),
)


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    return retention.apply(RULES, at)
