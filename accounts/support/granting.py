"""Leave to see people in full: given and taken back by the customer or the person, and what staff do under it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Grant, Ticket, User

HOURS = (1, 8, 24, 72)  # how long a leave may last


class NoLeave(Exception):
    """Nobody has given leave to see this person."""


@transaction.atomic
def give(ticket: Ticket, user: User | None, hours: int, by: Actor, *, is_own: bool = False) -> Grant:
    """Let staff see one person, or without `user` every end user of the ticket's customer. Raises ValueError."""
    if ticket.customer is None or hours not in HOURS or (is_own and user is None):
        raise ValueError("a leave is for a customer's ticket and ends within three days")
    grant = Grant.objects.create(
        customer=ticket.customer,
        ticket=ticket,
        user=user,
        is_own=is_own,
        ends_at=timezone.now() + timedelta(hours=hours),
    )
    facts = {"ticket": ticket.public_id, "hours": hours, "everybody": user is None}
    audit.record("grant.given", by, ticket.customer, grant, person=user.pk if user else None, facts=facts)
    return grant


@transaction.atomic
def end(grant: Grant, by: Actor) -> bool:
    """Take a leave back at once; False when it is over."""
    ended = current().filter(pk=grant.pk).update(ended_at=timezone.now())
    if ended:
        facts = {"ticket": grant.ticket.public_id}
        audit.record("grant.ended", by, grant.customer, grant, person=grant.user_id, facts=facts)
    return bool(ended)


def current() -> QuerySet[Grant]:
    """The leaves that hold."""
    return Grant.objects.filter(ended_at=None, ends_at__gt=timezone.now()).select_related("ticket", "customer")


def covering(user: User) -> Grant | None:
    """The leave by which staff may see this person, or None. The operator's own members give it for themselves."""
    everybody = Q(user=None, customer=user.customer_id, customer__is_operator=False)
    return current().filter(Q(user=user) | everybody).order_by("-ends_at").first()


@transaction.atomic
def unmask(user: User, by: Actor) -> Grant:
    """Note that staff see this person in full, so that they and the customer can see it. Raises NoLeave."""
    grant = covering(user)
    if grant is None:
        raise NoLeave
    facts = {"ticket": grant.ticket.public_id, "leave of": "person" if grant.is_own else "customer"}
    audit.record("user.unmasked", by, user.customer, user, facts=facts)
    return grant
