"""Requests about a person's data: made or joined, moved by the one table, and every move recorded and told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer, Membership, Role, User
from privacy import deadlines, moves
from privacy.models import Entry, PrivacyRequest
from privacy.moves import ACTORS, CLOSED, Height, Kind, Move, State, Who
from privacy.verbs import telling

LONGEST = 2000  # characters of what is written
A_DAY = 10  # requests by one person, that nobody floods a queue
ASKED = "asked"  # entries that are no moves
AGAIN, SAID, EXTENDED, REMINDED, PASSED_ON = "again", "said", "extended", "reminded", "passed_on"
Channel = PrivacyRequest.Channel


class NotNow(Exception):
    """The move is not in the table for where the request stands and who makes it."""


class LastOwner(Exception):
    """This person is the only owner of a customer's account, which would be left to nobody."""


class TooMany(Exception):
    """This person has asked ten times today."""


@dataclass(frozen=True)
class Made:
    """A request, and whether it is one that was open already."""

    request: PrivacyRequest
    is_joined: bool


@dataclass(frozen=True)
class Asked:
    """What is asked: the datum it is about, its new value, the person's words, the customer's reference."""

    kind: str
    about: str = ""
    proposed: str = ""
    text: str = ""
    reference: str = ""


@transaction.atomic
def make(user: User, asked: Asked, by: Actor, *, channel: str = Channel.OWN, at: datetime | None = None) -> Made:
    """Make a request, or join the open one about the same matter. The person's row is locked, so two make one.

    `at` is when it was received, of a letter for instance: the clock runs from then. Raises LastOwner, TooMany.
    """
    now = timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if asked.kind == Kind.ERASURE:
        guard_last_owner(user)
    text, proposed = asked.text[:LONGEST].strip(), asked.proposed[:LONGEST].strip()
    known = PrivacyRequest.objects.filter(person=user.pk, kind=asked.kind, about=asked.about, closed_at=None).first()
    if known is not None:
        known.user = user
        if asked.reference and not known.reference:
            known.reference = asked.reference
        if proposed:
            known.proposed = audit.seal(user.pk, proposed)
        known.save(update_fields=["reference", "proposed"])
        note(known, AGAIN, by, text)
        audit.record("privacy.request_joined", by, user.customer, known, person=user.pk, facts={"kind": asked.kind})
        return Made(known, True)
    today = PrivacyRequest.objects.filter(person=user.pk, channel=Channel.OWN, received_at__gt=now - timedelta(days=1))
    if channel == Channel.OWN and today.count() >= A_DAY:
        raise TooMany
    received = min(at or now, now)
    needs = moves.height(asked.kind, asked.about) > Height.NOTHING
    request = PrivacyRequest.objects.create(
        customer=user.customer,
        user=user,
        person=user.pk,
        kind=asked.kind,
        state=State.EVIDENCE if needs else State.DONE,
        channel=channel,
        reference=asked.reference,
        about=asked.about,
        proposed=audit.seal(user.pk, proposed) if proposed else "",
        received_at=received,
        due_at=deadlines.due(received) if needs else None,
        paused_at=now if needs else None,
        closed_at=None if needs else now,
    )
    note(request, ASKED, by, text)
    facts = {"kind": asked.kind, "channel": str(channel), "reference": asked.reference}
    audit.record("privacy.request_made", by, user.customer, request, person=user.pk, facts=facts)
    if needs:
        pass_on(request)
    return Made(request, False)


def guard_last_owner(user: User) -> None:
    """Raise LastOwner when a customer's account would be left without an owner."""
    owned = Membership.objects.filter(user=user, role=Role.OWNER).values("customer")
    others = Membership.objects.filter(role=Role.OWNER, customer__in=owned).exclude(user=user)
    if owned.exclude(customer__in=others.values("customer")).exists():
        raise LastOwner


def pass_on(request: PrivacyRequest) -> None:
    """Tell whoever decides that a request is there: at once, or by beat as soon as there is somebody to tell."""
    if telling.tell_deciders(request, "made"):
        request.passed_on_at = timezone.now()
        request.save(update_fields=["passed_on_at"])
        audit.record("privacy.request_passed_on", audit.SYSTEM, request.customer, request, person=request.person)


def who_is(request: PrivacyRequest, by: Actor) -> Who:
    """In which part somebody acts: a member who asks about their own data is the person."""
    return Who.PERSON if by.id is not None and by.id == request.person else ACTORS[by.kind]  # type: ignore[index]


def locked(request: PrivacyRequest) -> PrivacyRequest:
    """The row as it is now, until the caller's transaction ends."""
    rows = PrivacyRequest.objects.select_for_update(of=("self",)).select_related("user", "customer")
    return rows.get(pk=request.pk)


def move(
    request: PrivacyRequest, what: Move, by: Actor, *, text: str = "", facts: dict[str, Any] | None = None
) -> PrivacyRequest:
    """Make one move, inside the caller's transaction: the only road to another state. Raises NotNow.

    The row is locked, so of two moves at once the second one sees where the first led. Leaving the wait for a proof
    starts the clock again where it stood; going back to it stops it.
    """
    row, now = locked(request), timezone.now()
    found = moves.rule(what, row.kind, row.state, who_is(row, by))
    if found is None:
        raise NotNow(what)
    before, row.state = row.state, found.target
    if row.state == State.EVIDENCE:
        row.paused_at = now
    elif row.paused_at is not None and row.due_at is not None:
        row.due_at, row.paused_at = row.due_at + (now - row.paused_at), None
    if row.state == State.COOLING and before == State.EVIDENCE:
        row.ready_at = now + timedelta(hours=settings.ERASURE_HOURS)
    if row.state in CLOSED:
        row.closed_at, row.paused_at = now, None
    row.save()
    note(row, what, by, text)
    told = {"kind": row.kind, "from": before, "to": str(row.state), **(facts or {})}
    audit.record(f"privacy.request_{what}", by, row.customer, row, person=row.person, facts=told)
    return row


def note(request: PrivacyRequest, what: str, by: Actor, text: str = "") -> Entry:
    """Write down what happened or was said."""
    who = who_is(request, by)
    sealed = audit.seal(request.person, text) if text and request.user_id else ""
    return Entry.objects.create(request=request, who=who, what=what, sealed=sealed)


@transaction.atomic
def say(request: PrivacyRequest, text: str, by: Actor) -> None:
    """Write to the other side, while the request is open. Raises NotNow."""
    row = locked(request)
    if not row.is_open:
        raise NotNow(SAID)
    note(row, SAID, by, text[:LONGEST].strip())
    audit.record("privacy.request_said", by, row.customer, row, person=row.person)
    if who_is(row, by) is Who.PERSON:
        telling.tell_deciders(row, SAID)
    else:
        telling.tell_person(row, SAID)


@transaction.atomic
def extend(request: PrivacyRequest, reason: str, by: Actor) -> None:
    """Take two months more, once and before it is due, with a reason that the person is told. Raises NotNow."""
    row = locked(request)
    if not reason.strip() or not row.is_open or row.extended_at is not None or row.due_at is None:
        raise NotNow(EXTENDED)
    now = timezone.now()
    if row.paused_at is None and row.due_at < now:
        raise NotNow(EXTENDED)
    stood_still = row.due_at - deadlines.due(row.received_at)
    row.due_at = deadlines.due(row.received_at, extended=True) + stood_still
    row.extended_at, row.reminded = now, 0
    row.save(update_fields=["due_at", "extended_at", "reminded"])
    note(row, EXTENDED, by, reason[:LONGEST].strip())
    audit.record("privacy.request_extended", by, row.customer, row, person=row.person, facts={"kind": row.kind})
    telling.tell_person(row, EXTENDED)


def open_of(user: User) -> QuerySet[PrivacyRequest]:
    """A person's requests, the newest first."""
    return PrivacyRequest.objects.filter(person=user.pk).order_by("-pk")


def of_customer(customer: Customer) -> QuerySet[PrivacyRequest]:
    """What a customer has to answer, or answered."""
    return PrivacyRequest.objects.filter(customer=customer).select_related("user")


def said(request: PrivacyRequest) -> list[tuple[Entry, str]]:
    """Everything that happened, in order, with what was written; nothing of that once the person is erased."""
    return [(one, audit.unseal(request.person, one.sealed) or "") for one in request.entries.order_by("pk")]
