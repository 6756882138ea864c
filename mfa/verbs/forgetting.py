"""Erasing a person's risk history, and telling them of it."""

from datetime import datetime

from django.db import transaction

from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import User
from mfa.verbs import notices, reporting
from rba import own

HISTORY = "mfa.risk_history"


@transaction.atomic
def erase_risk(user: User, best: Assurance, by: Actor) -> datetime | None:
    """Erase it now, or after a wait whose end is answered; the person is told on every channel, once."""
    held = own.history(user)
    ends = own.erase(user, best, by)
    if held is not None and held.erase_at is None:
        told = {"what": "waits", "ends": ends.isoformat()} if ends is not None else {"what": "erased"}
        notices.tell(HISTORY, user, told)
    return ends


def erase_due() -> None:
    """Carry out the erasures whose wait is over, and tell whose they were."""
    for user in own.erase_due(reporting.best_of):
        notices.tell(HISTORY, user, {"what": "erased"})
