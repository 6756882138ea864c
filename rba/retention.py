"""How long rba keeps each sort of row, as the data map says, and forget()."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import retention
from accounts.retention import Rule, by_id
from rba.models import RiskCount, RiskDecision, RiskProfile

DECISIONS = timedelta(days=settings.SIGN_IN_DAYS)
HISTORIES = timedelta(days=365)
FAINT = 0.05  # of one sign-in: what has faded below it tells nothing


def _faded(before: datetime) -> QuerySet[Any]:
    return RiskCount.objects.filter(Q(seen__lt=FAINT) | Q(day__lt=int(before.timestamp()) // 86400))


RULES = (
    by_id(RiskDecision, DECISIONS),
    Rule(RiskProfile, HISTORIES, lambda before: RiskProfile.objects.filter(changed_at__lt=before)),
    Rule(RiskCount, HISTORIES, _faded),
)


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    return retention.apply(RULES, at)
