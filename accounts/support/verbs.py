"""What happens to a ticket: asked, written to again, answered by staff, closed."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Customer, Ticket, TicketEntry, TicketViewer, User
from accounts.verbs.customers import operator

LONGEST = 10_000  # characters of one text


@transaction.atomic
def open_ticket(
    *,
    subject: str,
    text: str,
    by: Actor,
    customer: Customer | None = None,
    user: User | None = None,
    email: str = "",
    category: str = "",
    topic: str = Ticket.Topic.OTHER,
) -> Ticket:
    """Ask a question, from a member's page or a plugin's form. Too long texts are cut; `email` is where to answer."""
    ticket = Ticket.objects.create(
        customer=customer,
        user=user,
        email=user.email if user is not None else email,
        subject=subject[: Ticket.subject.field.max_length],
        category=category[: Ticket.category.field.max_length],
        topic=topic,
    )
    TicketEntry.objects.create(ticket=ticket, user=user, text=text[:LONGEST])
    audit.record("ticket.opened", by, customer, ticket)
    return ticket


@transaction.atomic
def reply(ticket: Ticket, user: User, text: str, by: Actor) -> TicketEntry:
    """Write again. A closed ticket opens by it."""
    entry = _write(ticket, Ticket.State.OPEN, user=user, text=text)
    audit.record("ticket.replied", by, ticket.customer, ticket)
    return entry


@transaction.atomic
def answer(ticket: Ticket, user: User, text: str, by: Actor) -> TicketEntry:
    """Answer as staff; whoever asked gets the text by mail."""
    entry = _write(ticket, Ticket.State.ANSWERED, user=user, text=text, by_staff=True)
    if ticket.answered_at is None:
        ticket.answered_at = entry.at
        ticket.save(update_fields=["answered_at"])
    to = ticket.user.email if ticket.user is not None else ticket.email
    if to:
        messages.queue(
            "accounts.ticket_answered",
            customer=ticket.customer or operator(),
            channel="email",
            to=to,
            user=ticket.user,
            context={"subject": ticket.subject, "ticket": ticket.public_id},
            body=entry.text,
        )
    audit.record("ticket.answered", by, ticket.customer, ticket)
    return entry


@transaction.atomic
def close(ticket: Ticket, by: Actor) -> None:
    """Put a ticket away; writing in it opens it again."""
    if (
        Ticket.objects.filter(pk=ticket.pk)
        .exclude(state=Ticket.State.CLOSED)
        .update(state=Ticket.State.CLOSED, changed_at=timezone.now())
    ):
        audit.record("ticket.closed", by, ticket.customer, ticket)
    ticket.state = Ticket.State.CLOSED


class NotAgreed(Exception):
    """A screen is shared only once the customer has agreed to it, on its page."""


@transaction.atomic
def agree_screen(ticket: Ticket, by: Actor) -> None:
    """Record that the customer agrees to share a screen over this ticket."""
    if Ticket.objects.filter(pk=ticket.pk, screen_agreed_at=None).update(screen_agreed_at=timezone.now()):
        audit.record("ticket.screen_agreed", by, ticket.customer, ticket)


@transaction.atomic
def sort(ticket: Ticket, by: Actor, *, topic: str, channel: str) -> None:
    """Put a ticket into a category and note how it is dealt with. Raises NotAgreed."""
    if channel == Ticket.Channel.SCREEN and ticket.screen_agreed_at is None:
        raise NotAgreed
    before = {name: str(getattr(ticket, name)) for name in ("topic", "channel")}
    changes = audit.changed(before, {"topic": str(topic), "channel": str(channel)})
    if changes:
        Ticket.objects.filter(pk=ticket.pk).update(topic=topic, channel=channel)
        audit.record("ticket.sorted", by, ticket.customer, ticket, facts=changes)


@transaction.atomic
def restrict(ticket: Ticket, viewers: Iterable[User], by: Actor) -> None:
    """Keep a ticket about a breach to a few of the staff; who keeps it so is one of them."""
    seeing = {one.pk for one in viewers if one.is_staff} | ({by.id} if by.id else set())
    Ticket.objects.filter(pk=ticket.pk).update(is_restricted=True)
    for pk in seeing:
        TicketViewer.objects.get_or_create(ticket=ticket, user_id=pk)
    audit.record("ticket.restricted", by, ticket.customer, ticket, facts={"viewers": len(seeing)})


def seen_by(tickets: QuerySet[Ticket], user: User) -> QuerySet[Ticket]:
    """The tickets that one of the staff may see: all but those of an investigation that is not theirs."""
    mine = TicketViewer.objects.filter(user=user).values("ticket")
    return tickets.filter(Q(is_restricted=False) | Q(pk__in=mine))


def _write(ticket: Ticket, state: str, *, user: User, text: str, by_staff: bool = False) -> TicketEntry:
    ticket.state, ticket.changed_at = state, timezone.now()
    ticket.save(update_fields=["state", "changed_at"])
    return TicketEntry.objects.create(ticket=ticket, user=user, text=text[:LONGEST], by_staff=by_staff)
