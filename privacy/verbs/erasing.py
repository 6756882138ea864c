"""erase(): what an erasure request removes, from every table, in one transaction a person; erase_customers()."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from django.db import DatabaseError, transaction
from django.db.models import ManyToOneRel, Model
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit, datamap, retention
from accounts.crypto import UnknownKey
from accounts.models import Customer, ErasureRequest, Message, User
from accounts.verbs import closing
from privacy.models import Agreement, Consent
from privacy.verbs import ending

log = structlog.get_logger()
AT_ONCE = 100  # requests, and customers
PROOFS = timedelta(days=3 * 365 + 1)  # how long it can be shown that an erased person had agreed
PEOPLE = 500  # of one customer; each is a transaction of some ten statements


def erase_due() -> int:
    """Work off the oldest erasure requests; how many persons were erased. What fails stays due and is tried again."""
    due = ErasureRequest.objects.filter(done_at=None).order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_tried(erase, pk) for pk in list(due))


def _tried(work: Callable[[UUID], bool], pk: UUID) -> bool:
    """Do one piece of work. One that fails is left for the next time and keeps none of the others waiting."""
    try:
        return work(pk)
    except (DatabaseError, InvalidToken, UnknownKey):
        log.exception("an erasure failed and stays due", about=str(pk))
        return False


@transaction.atomic
def erase(request_id: UUID) -> bool:
    """Remove one person: their rows go, their messages are emptied, their key is destroyed so that the trail forgets.

    The request's row is locked, so two workers do it once. What stays is the request without a name, the keyed hash
    that keeps the name from coming back unawares, and records of what was done to an id that names nobody.
    """
    request = (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("user__customer")
        .filter(pk=request_id, done_at=None)
        .first()
    )
    if request is None:
        return False
    user = request.user
    if user is not None:
        _remove(user)
    request.done_at, request.user = timezone.now(), None
    request.save(update_fields=["done_at", "user"])
    log.info("a person was erased", request=str(request.pk))
    return True


def erase_customers() -> int:
    """Work off the customers whose date has come; how many are gone. One of many people takes several runs."""
    due = Customer.objects.filter(closing_at__lte=Now(), is_operator=False).order_by("closing_at")
    return sum(_tried(erase_customer, pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def erase_customer(customer_id: UUID) -> bool:
    """Shut a customer's doors, then remove what is its own, a bounded number of rows a run; whether all is gone.

    Every step is a transaction of its own and may be the last of a process: the next run goes on from the rows that
    are left. What stays is the row with its number, and what the data map lets stay.
    """
    closing.end_customer(customer_id)
    people = User.objects.filter(customer=customer_id).order_by("pk")
    for pk in list(people.values_list("pk", flat=True)[:PEOPLE]):
        _erase_user(pk)
    rows = [model._default_manager.filter(customer=customer_id) for model in _tables()]
    for left in rows:
        retention.delete(left)
    return not any(left.exists() for left in [people, *rows]) and _blank(customer_id)


@transaction.atomic
def _erase_user(pk: UUID) -> None:
    user = User.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=pk).first()
    if user is not None:
        _remove(user)


def _tables() -> list[type[Model]]:
    """Every table but that of people whose rows belong to a customer and that the data map does not let stay.

    Read from the models, so that a new table's rows go unless somebody decides that they stay. Those that others point
    at come last, when nothing points at them any more.
    """
    found = {relation.related_model for relation in _incoming(Customer) if relation.field.name == "customer"}
    goes = [model for model in found if model is not User and not datamap.outlives(model)]
    return sorted(goes, key=lambda model: (len(_incoming(model)), model._meta.label))


def _incoming(model: type[Model]) -> list[ManyToOneRel]:
    return [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, ManyToOneRel)]


@transaction.atomic
def _blank(customer_id: UUID) -> bool:
    """Leave a customer's row without anything that says whose it was."""
    rows = Customer.objects.select_for_update().filter(pk=customer_id).exclude(closing_at=None)
    customer = rows.exclude(closed_at=None).first()
    if customer is None:
        return False
    customer.name, customer.slug, customer.website = str(customer.number), f"closed-{customer.number}", ""
    customer.token_key = customer.app_secret = ""
    customer.sms_countries, customer.closing_at = [], None
    customer.save()
    audit.record("customer.erased", audit.SYSTEM, customer, customer)
    log.info("a customer was erased", number=customer.number)
    return True


def _remove(user: User) -> None:
    """Remove one person inside the caller's transaction, which holds a lock that keeps others from doing the same."""
    ending.close_all(user)
    empty_messages(user)
    for proofs in (Agreement, Consent):
        proofs.objects.filter(user=user).update(kept_until=timezone.now() + PROOFS)
    audit.forget(user.pk)
    audit.record("user.erased", audit.SYSTEM, user.customer, person=user.pk)
    user.delete()


def empty_messages(user: User) -> None:
    """Messages stay as counts of what was sent; who and what they said goes. What still waits is never sent."""
    waiting = (Message.State.QUEUED, Message.State.CLAIMED)
    for message in Message.objects.filter(user=user).iterator():
        message.to, message.to_masked, message.context, message.body = "", "", {}, None
        message.transaction, message.link = "", None
        if message.state in waiting:
            message.state, message.finished_at = Message.State.EXPIRED, timezone.now()
        message.save()
