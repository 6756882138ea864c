"""What happens to a ticket: asked, written to again, answered by staff, closed."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Customer, Ticket, TicketEntry, User
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
) -> Ticket:
    """Ask a question, from a member's page or a plugin's form. Too long texts are cut; `email` is where to answer."""
    ticket = Ticket.objects.create(
        customer=customer,
        user=user,
        email=user.email if user is not None else email,
        subject=subject[: Ticket.subject.field.max_length],
        category=category[: Ticket.category.field.max_length],
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


def _write(ticket: Ticket, state: str, *, user: User, text: str, by_staff: bool = False) -> TicketEntry:
    ticket.state, ticket.changed_at = state, timezone.now()
    ticket.save(update_fields=["state", "changed_at"])
    return TicketEntry.objects.create(ticket=ticket, user=user, text=text[:LONGEST], by_staff=by_staff)
