"""A pause in using a person's data (GDPR Art. 18): out of sign-ins, risk and mail until a day, then back or erased."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts import verbs as people
from accounts.audit import Actor
from privacy.models import PrivacyRequest, SetAside
from privacy.moves import Move, State
from privacy.verbs import apart, requesting, telling


def begin(row: PrivacyRequest, by: Actor) -> None:
    """Take a person's data out of use, inside the caller's transaction, until the request's day."""
    if row.user is not None and row.until is not None:
        row.user.customer = row.customer
        apart.put(row.user, SetAside.Why.REQUEST, row.until, by)


@transaction.atomic
def lift(request: PrivacyRequest, by: Actor) -> None:
    """End the pause: used again, or erased, as was said when it began. Raises requesting.NotNow."""
    row = requesting.move(request, Move.LIFT, by)
    user = row.user
    if user is None:
        return
    user.customer = row.customer
    if row.then == PrivacyRequest.Then.ERASE:
        people.request_erasure(user, by)
        return
    apart.back(user, by)
    telling.tell_person(row, Move.LIFT)


def lift_due(at: datetime) -> int:
    """End the pauses whose day has come; how many."""
    due = PrivacyRequest.objects.filter(state=State.IN_FORCE, until__lte=at).order_by("pk")
    rows = list(due[:100])
    for row in rows:
        lift(row, audit.SYSTEM)
    return len(rows)
