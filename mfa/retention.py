"""forget(): deletes what mfa has kept as long as the data map says."""

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from accounts.retention import delete, first_id
from mfa.models import (
    AddressGuard,
    Authenticator,
    Lane,
    Recovery,
    Transaction,
    TrustedDevice,
    UsedAssertion,
    Visit,
)

log = structlog.get_logger()
TRANSACTIONS = timedelta(days=90)
COUNTS = PASSES = DEVICES = timedelta(days=30)
RECOVERIES = timedelta(days=365)


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    at = at or timezone.now()
    old = (
        Visit.objects.filter(pk__lt=first_id(at - TRANSACTIONS)),
        Transaction.objects.filter(pk__lt=first_id(at - TRANSACTIONS)),
        UsedAssertion.objects.filter(expires_at__lt=at),
        Lane.objects.filter(changed_at__lt=at - COUNTS),
        AddressGuard.objects.filter(changed_at__lt=at - COUNTS),
        Authenticator.objects.filter(expires_at__lt=at - PASSES),
        TrustedDevice.objects.filter(expires_at__lt=at - DEVICES),  # which is when they ended, too
        Recovery.objects.filter(pk__lt=first_id(at - RECOVERIES)),
    )
    done = {rows.model.__name__: delete(rows) for rows in old}
    log.info("old proofs deleted", **{name: count for name, count in done.items() if count})
    return done
