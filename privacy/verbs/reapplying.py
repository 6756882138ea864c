"""reapply(): after a restore from a backup, erases anew whom the file outside of the database knows to be erased."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import Customer, ErasedName, ErasureRequest, User
from accounts.verbs.people import hash_of
from privacy.models import Tombstone
from privacy.verbs import erasing, tombstones
from privacy.verbs.tombstones import Line

log = structlog.get_logger()


class Unfinished(Exception):
    """Something could not be erased; what was done stays done, and the next run goes on."""


@dataclass(frozen=True)
class Reapplied:
    """How many erasures the database did not know of, and whom it had back."""

    lines: int
    persons: int
    customers: int


def reapply() -> Reapplied:
    """Apply every erasure that this database is too old to know; again and again, until workers may start.

    Each person goes in a transaction of their own that leaves the mark, so a run that was killed is gone on with.
    Raises Unfinished.
    """
    missing = {line.mark: line for line in tombstones.unapplied()}
    if not missing:
        return Reapplied(0, 0, 0)
    customers = [pk for pk in Customer.objects.values_list("pk", flat=True) if tombstones.mark(pk) in missing]
    for pk in customers:
        _end_customer(pk)
    persons = sum(_erase(pk, missing) for pk in _who_is_back(missing))
    living = _names_in_use({UUID(line.customer) for line in missing.values()})
    for line in missing.values():
        _settle(line, living)
    log.info("erasures applied again", lines=len(missing), persons=persons, customers=len(customers))
    return Reapplied(len(missing), persons, len(customers))


def _who_is_back(missing: dict[str, Line]) -> list[UUID]:
    """The persons of the database that the file knows to be erased; every id has to be hashed to know."""
    every = User.objects.order_by("pk").values_list("pk", flat=True)
    return [pk for pk in every.iterator() if tombstones.mark(pk) in missing]


def _erase(pk: UUID, missing: dict[str, Line]) -> bool:
    user = User.objects.select_related("customer").get(pk=pk)
    people.request_erasure(user, audit.SYSTEM, may_return=not missing[tombstones.mark(pk)].name)
    for request in ErasureRequest.objects.filter(user=user, done_at=None):
        erasing.erase(request.pk)
    if User.objects.filter(pk=pk).exists():
        raise Unfinished(f"{pk} could not be erased")
    return True


def _end_customer(pk: UUID) -> None:
    Customer.objects.filter(pk=pk, is_operator=False).update(closing_at=timezone.now(), closed_at=None)
    while not erasing.erase_customer(pk):
        if not Customer.objects.filter(pk=pk).exclude(closing_at=None).exists():
            raise Unfinished(f"customer {pk} could not be erased")


@transaction.atomic
def _settle(line: Line, living: set[str]) -> None:
    """Refuse the name again, unless somebody living has it now; and let the database know the mark."""
    customer = Customer.objects.get(pk=line.customer)
    if line.name and line.name not in living:
        ErasedName.objects.get_or_create(customer=customer, name_hash=line.name)
    mark = {"customer": customer, "name_hash": line.name, "erased_at": line.at, "filed_at": Now()}
    Tombstone.objects.get_or_create(mark=line.mark, defaults=mark)


def _names_in_use(customers: set[UUID]) -> set[str]:
    """The hashes of the names of living people: who was let in again before the backup was made stays in."""
    rows = User.objects.living().filter(customer__in=customers)
    return {hash_of(user) for user in rows.iterator()}
