"""erase(): what an erasure request removes, from every table, in one transaction a person; erase_customers()."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit, datamap, retention
from accounts.crypto import UnknownKey
from accounts.models import AuditRecord, Customer, ErasedName, ErasureRequest, User
from accounts.verbs import closing
from privacy.models import Receipt, Tombstone
from privacy.verbs import apart, ending, receipts, removing, siting, tombstones

log = structlog.get_logger()
UNDER_WAY = timedelta(minutes=3)  # longer than any call or task may last
PATIENCE = "500ms"  # less than PostgreSQL takes to see a deadlock (deadlock_timeout)
AT_ONCE = 100  # requests, and customers
PEOPLE = 500  # of one customer; each is a transaction of some ten statements


def erase_due() -> int:
    """Work off the oldest erasure requests; how many persons were erased. What fails stays due and is tried again."""
    _look_again()
    due = ErasureRequest.objects.filter(done_at=None).order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_tried(erase, pk) for pk in list(due))


def _tried(work: Callable[[UUID], bool], pk: UUID) -> bool:
    """Do one piece of work. One that fails is left for the next time and keeps none of the others waiting."""
    try:
        return work(pk)
    except OperationalError as error:
        log.warning("an erasure gives way and stays due", about=str(pk), why=type(error.__cause__).__name__)
        return False
    except (DatabaseError, InvalidToken, UnknownKey, removing.Left):
        log.exception("an erasure failed and stays due", about=str(pk))
        return False


def _look_again() -> None:
    """Look once more for those who were erased in the last minutes: a call under way may have written since."""
    since = timezone.now() - UNDER_WAY
    if not Tombstone.objects.filter(erased_at__gt=since).exists():
        return
    lately = AuditRecord.objects.filter(pk__gt=retention.first_id(since), action="user.erased")
    for person in lately.values_list("person", flat=True):
        if person is not None:
            removing.look_again(person)


@transaction.atomic
def erase(request_id: UUID) -> bool:
    """Remove one person: their rows go, their messages are emptied, their key is destroyed so that the trail forgets.

    The request's row is locked, so two workers do it once; and the person's, so that what adds to it just now is waited
    for and what comes later finds nobody. What stays is the request without a name, the keyed hash that keeps the name
    from coming back unawares, a mark, a receipt, and records of what was done to an id that names nobody.
    """
    request = (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("user__customer")
        .filter(pk=request_id, done_at=None)
        .first()
    )
    if request is None:
        return False
    receipt = _erase(request, request.user) if request.user is not None else None
    request.done_at, request.user = timezone.now(), None
    request.save(update_fields=["done_at", "user"])
    log.info("a person was erased", request=str(request.pk))
    if receipt is not None:
        receipts.sign(receipt.pk)
    return True


def _erase(request: ErasureRequest, user: User) -> Receipt:
    _lock(user.pk)
    request.user = user = apart.whole(user)
    siting.order(request)
    asked, subject = ending.close_all(user), receipts.subject_of(user)
    names = ErasedName.objects.filter(request=request).values_list("name_hash", flat=True)
    tombstones.bury(user.customer_id, user.pk, names.first() or "")
    return receipts.begin(subject, removing.remove(user), erasure=request, request=asked)


def _lock(pk: UUID) -> User | None:
    """The person's row, held. Where a call holds what the erasure needs, the erasure gives way and is tried again.

    PostgreSQL would turn away either of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    return User.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=pk).first()


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
    """Somebody who goes with their customer, whose mark speaks for all of its people."""
    user = _lock(pk)
    if user is None:
        return
    asked, subject = ending.close_all(user), receipts.subject_of(user)
    removed = removing.remove(user)
    if asked is not None:
        receipts.sign(receipts.begin(subject, removed, erasure=None, request=asked).pk)


def _tables() -> list[type[Model]]:
    """Every table but that of people whose rows belong to a customer and that the data map does not let stay.

    Read from the models, so that a new table's rows go unless somebody decides that they stay. Those that others point
    at come last, when nothing points at them any more.
    """
    found = {relation.related_model for relation in removing.incoming(Customer) if relation.field.name == "customer"}
    goes = [model for model in found if model is not User and not datamap.outlives(model)]
    return sorted(goes, key=lambda model: (len(removing.incoming(model)), model._meta.label))


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
    tombstones.bury(customer.pk, customer.pk)
    audit.record("customer.erased", audit.SYSTEM, customer, customer)
    log.info("a customer was erased", number=customer.number)
    return True
