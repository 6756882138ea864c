"""A customer gives up its account: asked for, taken back, ended at its date. What goes then is privacy's work."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import AuditRecord, Customer, Invitation, Link, Membership, Role, User
from accounts.verbs.customers import operator
from accounts.verbs.people import request_erasure

GRACE = timedelta(days=30)  # the time that the data-processing agreement leaves to take the data away


class OperatorStays(Exception):
    """The customer that runs this server has nobody who could close it."""


@transaction.atomic
def close_customer(customer: Customer, by: Actor, *, stops_keys: bool = False) -> datetime:
    """Ask for all of a customer to be erased when GRACE has passed, and tell its owners; until when it is asked twice.

    Keys keep working until then, unless `stops_keys`. Raises OperatorStays.
    """
    locked = _locked(customer.pk)
    if locked.is_operator:
        raise OperatorStays
    if locked.closing_at is None:
        locked.closing_at = timezone.now() + GRACE
        locked.save(update_fields=["closing_at"])
        facts = {"until": locked.closing_at.isoformat()}
        audit.record("customer.closing_asked", by, locked, locked, facts=facts)
        _tell_owners(locked, "accounts.closing_asked", by, until=locked.closing_at.isoformat(), keys_stop=stops_keys)
    if stops_keys:
        stop_keys(locked, by)
    customer.closing_at = locked.closing_at
    return locked.closing_at


@transaction.atomic
def stop_keys(customer: Customer, by: Actor) -> bool:
    """Stop every key of a closing customer at once, its plugin passwords too; False when that makes no difference."""
    closing = Customer.objects.filter(pk=customer.pk, closed_at=None, keys_stopped_at=None).exclude(closing_at=None)
    stopped = bool(closing.update(keys_stopped_at=timezone.now()))
    if stopped:
        audit.record("customer.keys_stopped", by, customer, customer)
    return stopped


@transaction.atomic
def keep_customer(customer: Customer, by: Actor) -> bool:
    """Take a closing back, so that all is as before, and tell the owners; False when it is not closing, or closed."""
    closing = Customer.objects.filter(pk=customer.pk, closed_at=None).exclude(closing_at=None)
    kept = bool(closing.update(closing_at=None, keys_stopped_at=None))
    if kept:
        audit.record("customer.closing_taken_back", by, customer, customer)
        _tell_owners(customer, "accounts.closing_taken_back", by)
    return kept


@transaction.atomic
def end_customer(customer_id: UUID) -> bool:
    """Shut every door of a customer whose date has come, and tell its owners; False when that is done, or not due.

    Its team ends with it. Members who belong to no other customer, and are no staff, are erased too; they may register
    again.
    """
    due = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, closed_at=None, closing_at__lte=Now())
    customer = due.first()
    if customer is None:
        return False
    customer.closed_at = customer.suspended_at = customer.keys_stopped_at = timezone.now()
    customer.save(update_fields=["closed_at", "suspended_at", "keys_stopped_at"])
    Customer.objects.filter(test_of=customer, closing_at=None, closed_at=None).update(closing_at=Now())
    _tell_owners(customer, "accounts.closed", audit.SYSTEM, sender=operator(), name=customer.name)
    Link.objects.filter(customer=customer).delete()
    Invitation.objects.filter(customer=customer).delete()
    team = list(Membership.objects.filter(customer=customer).values_list("user", flat=True))
    Membership.objects.filter(customer=customer).delete()
    for user in User.objects.living().filter(pk__in=team, memberships=None, is_staff=False).select_related("customer"):
        request_erasure(user, audit.SYSTEM, may_return=True)
    audit.record("customer.closed", audit.SYSTEM, customer, customer)
    return True


def _locked(customer_id: UUID) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def _tell_owners(customer: Customer, kind: str, by: Actor, sender: Customer | None = None, **context: Any) -> None:
    """Mail every owner. `sender` is who writes when the customer itself soon has no messages any more."""
    member = by.id if by.kind == AuditRecord.Actor.MEMBER else None
    acting = User.objects.filter(pk=member).first() if member else None
    context["by"] = str(acting) if acting else ""
    for owner in Membership.objects.filter(customer=customer, role=Role.OWNER).select_related("user"):
        messages.queue(
            kind,
            customer=sender or customer,
            channel="email",
            to=owner.user.email,
            language=owner.user.language,
            user=owner.user if sender is None else None,  # else it would go with its reader
            context=context,
        )
