"""Measures that take two of the staff: asked for, approved by another, carried out within their scope, ended."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import audit, disclosing
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Customer, User
from privacy import exporting, mapping, subjects, words
from privacy.models import Measure
from privacy.verbs import telling

REVIEW = "privacy.measure_review"  # to staff
Kind, State = Measure.Kind, Measure.State
AT_ONCE = 100
BASES = {Kind.LAW: disclosing.Basis.LAW, Kind.ENFORCEMENT: disclosing.Basis.ENFORCEMENT}


class NotNow(Exception):
    """The measure is not where this could be done."""


class SamePerson(Exception):
    """Who asks is never who approves."""


@transaction.atomic
def ask(
    staff: User,
    by: Actor,
    *,
    kind: str,
    reason: str,
    reference: str,
    customer: Customer,
    review_on: date,
    user: User | None = None,
    scope: list[str] | None = None,
    recipient: str = "",
) -> Measure:
    """Ask for a measure; nothing happens until another approves it. Raises ValueError when it does not say enough."""
    known = subjects.everything()
    given = scope or []
    is_disclosure = kind != Kind.SUSPENSION
    _check_day(review_on)
    if not reference.strip():
        raise ValueError("a measure has a reference")
    if is_disclosure and (user is None or not given or not set(given) <= set(known) or not recipient.strip()):
        raise ValueError("a disclosure is about one person, of named data, to somebody")
    if not is_disclosure and customer.is_operator:
        raise ValueError("the customer that runs this server cannot be suspended")
    made = Measure.objects.create(
        kind=kind,
        reason=reason,
        reference=reference.strip(),
        recipient=recipient.strip() if is_disclosure else "",
        customer=customer,
        user=user if is_disclosure else None,
        scope=sorted(given) if is_disclosure else [],
        review_on=review_on,
        asked_by=staff,
    )
    _note("asked", made, by)
    return made


@transaction.atomic
def decide(measure: Measure, staff: User, by: Actor, *, approve: bool) -> Measure:
    """Approve or refuse what another asked for. A suspension holds from then on. Raises SamePerson, NotNow."""
    row = _locked(measure, State.ASKED)
    if row.asked_by_id is None or row.asked_by_id == staff.pk:
        raise SamePerson
    row.state = State.APPROVED if approve else State.REFUSED
    row.decided_by, row.decided_at = staff, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    if approve and row.kind == Kind.SUSPENSION:
        Customer.objects.filter(pk=row.customer_id, suspended_at=None).update(suspended_at=timezone.now())
    _note(str(row.state), row, by)
    return row


@transaction.atomic
def export(measure: Measure, by: Actor) -> str:
    """The data of an approved disclosure, its scope and nothing else, written into the ledger first. Raises NotNow."""
    row = _locked(measure, State.APPROVED)
    if row.kind not in BASES or row.user is None:
        raise NotNow
    found = _within(row.user, set(row.scope))
    disclosing.record(
        row.customer,
        user=row.user,
        recipient="an authority" if row.kind == Kind.LAW else "whoever is harmed",
        name=row.recipient,
        fields=sorted(f"{table}.{name}" for table, rows in found.items() for name in {n for one in rows for n in one}),
        basis=BASES[Kind(row.kind)],
        reference=row.reference,
    )
    row.exported_at = timezone.now()
    row.save(update_fields=["exported_at"])
    _note("exported", row, by)
    return json.dumps({"reference": row.reference, "recipient": row.recipient, "data": found}, ensure_ascii=False)


@transaction.atomic
def end(measure: Measure, by: Actor) -> None:
    """End a measure, such as at its review: a suspension is lifted, nothing more is exported. Raises NotNow."""
    row = _locked(measure, State.APPROVED)
    row.state = State.ENDED
    row.save(update_fields=["state"])
    others = Measure.objects.filter(customer=row.customer, kind=Kind.SUSPENSION, state=State.APPROVED)
    if row.kind == Kind.SUSPENSION and not others.exists():
        Customer.objects.filter(pk=row.customer_id, closed_at=None).update(suspended_at=None)
    _note("ended", row, by)


@transaction.atomic
def keep(measure: Measure, review_on: date, by: Actor) -> None:
    """Keep a measure that was looked at, until it is looked at again on another day. Raises NotNow, ValueError."""
    _check_day(review_on)
    row = _locked(measure, State.APPROVED)
    row.review_on, row.reminded_at = review_on, None
    row.save(update_fields=["review_on", "reminded_at"])
    _note("kept", row, by)


def to_review(day: date) -> QuerySet[Measure]:
    """Measures in force whose day has come."""
    return Measure.objects.filter(state=State.APPROVED, review_on__lte=day)


def remind(at: datetime) -> int:
    """Tell staff, once each, of the measures that are to be looked at again; how many."""
    due = to_review(timezone.localdate(at)).filter(reminded_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(pk, at) for pk in list(due[:AT_ONCE]))


@transaction.atomic
def _remind(pk: Any, at: datetime) -> bool:
    rows = Measure.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(pk=pk, state=State.APPROVED, reminded_at=None).first()
    if row is None:
        return False
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    context = {"reference": row.reference, "path": reverse("admin:privacy_measure_change", args=[row.pk])}
    for one in telling.staff():
        messages.queue(REVIEW, customer=one.customer, channel="email", to=one.email, user=one, context=context)
    return True


def _check_day(review_on: date) -> None:
    if review_on <= timezone.localdate():
        raise ValueError("a measure has a day ahead on which it is looked at again")


def figures() -> list[tuple[int, Any, Any, int, int]]:
    """By year, kind and reason: how many were asked for and how many approved. Nobody is named."""
    asked: Counter[tuple[int, str, str]] = Counter()
    approved: Counter[tuple[int, str, str]] = Counter()
    rows = Measure.objects.values_list("asked_at__year", "kind", "reason", "state")
    for year, kind, reason, state in rows.iterator():
        asked[year, kind, reason] += 1
        approved[year, kind, reason] += state in (State.APPROVED, State.ENDED)
    return [
        (year, Kind(kind).label, Measure.Reason(reason).label, count, approved[year, kind, reason])
        for (year, kind, reason), count in sorted(asked.items(), reverse=True)
    ]


def _within(user: User, scope: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Every row of what a scope names, each field under its own name; fields of one label belong together."""
    labels = {subjects.datum(key) for key in scope}
    chosen: dict[str, set[str]] = {}
    for table, name, entry in mapping.personal(end_users=True):
        if str(words.label(table, name, entry) or name) in labels:
            chosen.setdefault(table, set()).add(name)
    found: dict[str, list[dict[str, Any]]] = {}
    for model in exporting.tables(user):
        names = chosen.get(model._meta.label, set())
        for batch in exporting.rows(model, user) if names else ():
            rows = [{name: value for name, value in row.items() if name in names} for row in batch]
            found.setdefault(model._meta.label, []).extend(rows)
    return found


def _locked(measure: Measure, state: str) -> Measure:
    row = Measure.objects.select_for_update(of=("self",)).select_related("customer", "user").get(pk=measure.pk)
    if row.state != state:
        raise NotNow
    return row


def _note(what: str, row: Measure, by: Actor) -> None:
    facts = {"kind": row.kind, "reason": row.reason, "reference": row.reference}
    audit.record(f"measure.{what}", by, row.customer, row, person=row.user_id, facts=facts)
