"""What time brings about: erasures whose wait is over, reminders, requests that nobody proved, pauses that end."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from privacy import deadlines
from privacy.models import PrivacyRequest
from privacy.moves import Move, State
from privacy.verbs import apart, keeping, measuring, packing, receipts, requesting, restricting, telling

AT_ONCE = 100
DUE_SOON, OVERDUE = 1, 2  # which reminder was the last


def work(at: datetime | None = None) -> dict[str, int]:
    """Do all that is due at `at` (now), each request in a transaction of its own; how many of each."""
    at = at or timezone.now()
    still = PrivacyRequest.objects.filter(closed_at=None)
    runs = Q(paused_at=None, state__in=(State.OPEN, State.COOLING, State.VERIFYING, State.WORKING))
    soon, over = Q(due_at__lte=at + deadlines.SOON, reminded=0), Q(due_at__lte=at, reminded__lt=OVERDUE)
    return {
        "erased": _each(still.filter(state=State.COOLING, ready_at__lte=at), _go_on),
        "reminded": _each(still.filter(runs, soon | over), lambda row: _remind(row, at)),
        "passed on": _each(still.filter(passed_on_at=None), _pass_on),
        "copies gone": packing.forget(at),
        "messages emptied": apart.empty_sent(at),
        "reviews told": measuring.remind(at),
        "pauses ended": restricting.lift_due(at),
        "lapsed": _each(still.filter(state=State.EVIDENCE, paused_at__lte=at - deadlines.LAPSES), _lapse),
    }


def _each(rows: QuerySet[PrivacyRequest], act: Callable[[PrivacyRequest], bool]) -> int:
    return sum(_locked(pk, act) for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _locked(pk: UUID, act: Callable[[PrivacyRequest], bool]) -> bool:
    """Act on a request that nobody else holds just now; the next run looks at the others."""
    rows = PrivacyRequest.objects.select_for_update(of=("self",), skip_locked=True).select_related("user", "customer")
    row = rows.filter(pk=pk, closed_at=None).first()
    return row is not None and act(row)


def _go_on(row: PrivacyRequest) -> bool:
    """Carry out an erasure: hand the person to what erases, or erase all but what was refused with a ground."""
    if row.state != State.COOLING or row.user is None:
        return False
    user = row.user
    try:
        requesting.guard_last_owner(user)
    except requesting.LastOwner:
        requesting.move(row, Move.STOP, audit.SYSTEM)
        telling.tell_person(row, Move.STOP)
        return False
    row = requesting.move(row, Move.GO_ON, audit.SYSTEM)
    if row.grounds:
        subject = receipts.subject_of(user)
        removed = keeping.erase_but(user, set(row.grounds))
        receipts.sign(receipts.begin(subject, removed, erasure=None, request=row).pk)
    else:
        people.request_erasure(user, audit.SYSTEM)
    return True


def _remind(row: PrivacyRequest, at: datetime) -> bool:
    """Remind whoever decides, once before it is due and once after; then the operator's staff learn of it as well."""
    overdue = row.due_at is not None and row.due_at <= at
    level = OVERDUE if overdue else DUE_SOON
    if row.reminded >= level:
        return False
    row.reminded = level
    row.save(update_fields=["reminded"])
    what = "overdue" if overdue else "due_soon"
    telling.tell_deciders(row, what)
    if overdue:
        telling.tell_staff(row, what)
    requesting.note(row, requesting.REMINDED, audit.SYSTEM)
    audit.record(f"privacy.request_{what}", audit.SYSTEM, row.customer, row, person=row.person)
    return True


def _pass_on(row: PrivacyRequest) -> bool:
    if row.passed_on_at is None:
        requesting.pass_on(row)
    return row.passed_on_at is not None


def _lapse(row: PrivacyRequest) -> bool:
    if row.state != State.EVIDENCE:
        return False
    telling.tell_person(requesting.move(row, Move.LAPSE, audit.SYSTEM), Move.LAPSE)
    return True
