"""When a request must be answered: one month, two more with a reason, standing still while a proof is awaited."""

from calendar import monthrange
from datetime import datetime, timedelta

MONTHS, MORE_MONTHS = 1, 2  # GDPR Art. 12(3)
SOON = timedelta(days=7)  # before it is due, who must answer is reminded
PASS_ON = timedelta(days=2)  # in which the operator hands on what reached it
LAPSES = timedelta(days=30)  # without a proof of who asks
PACKAGE = timedelta(days=7)
KEPT = timedelta(days=3 * 365 + 1)  # after the end, to show that the right was kept


def add_months(at: datetime, months: int) -> datetime:
    """The same day some months later; the last of that month where it has no such day (Regulation 1182/71 Art. 3)."""
    years, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + years, month + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def due(received: datetime, *, extended: bool = False) -> datetime:
    """When a request of that moment must be answered."""
    return add_months(received, MONTHS + MORE_MONTHS if extended else MONTHS)
