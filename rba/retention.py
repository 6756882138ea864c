"""forget(): deletes what rba has kept as long as the data map says."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.retention import delete, first_id
from rba.models import RiskCount, RiskDecision, RiskProfile

DECISIONS = timedelta(days=90)
HISTORIES = timedelta(days=365)
FAINT = 0.05  # of one sign-in: what has faded below it tells nothing


def forget(at: datetime | None = None) -> None:
    """Delete what is too old at `at` (now)."""
    at = at or timezone.now()
    delete(RiskDecision.objects.filter(pk__lt=first_id(at - DECISIONS)))
    delete(RiskProfile.objects.filter(changed_at__lt=at - HISTORIES))
    delete(RiskCount.objects.filter(seen__lt=FAINT) | RiskCount.objects.filter(day__lt=_day(at - HISTORIES)))


def _day(at: datetime) -> int:
    return int(at.timestamp()) // 86400
