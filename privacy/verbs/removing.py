"""remove(): takes a person out of every table as the data map says, a bounded number of rows at a time, and looks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, Field, ManyToOneRel, Model, Q, QuerySet
from django.utils import timezone

from accounts import audit, datamap
from accounts.datamap import Personal
from accounts.gateways import outbox_file
from accounts.models import AuditRecord, IdempotencyKey, Invitation, Message, User, WebhookDelivery
from mfa.models import AddressGuard, Authenticator, Visit
from mfa.verbs.asking import address_hash
from privacy import subjects
from privacy.models import Agreement, Consent

BATCH = 1000
PROOFS = timedelta(days=3 * 365 + 1)  # how long it can be shown that an erased person had agreed
WITH_THE_ROW, EMPTIED = "with the row", "emptied"


class Left(Exception):
    """Something of a person is still there after all was removed: the erasure is undone, and tried again."""


@dataclass(frozen=True)
class Removed:
    """How many rows went, by table; and how many stay without a person."""

    gone: dict[str, int]
    kept: dict[str, int]


def remove(user: User) -> Removed:
    """Remove one person inside the caller's transaction, which holds their row so that nobody adds to it meanwhile.

    What is done and what is searched for afterwards are both read from the models and the data map, so that a new
    field is erased, or makes this raise Left.
    """
    person = user.pk
    gone: Counter[str] = Counter()
    addresses = _addresses(user)
    outbox_file.forget(addresses)
    transaction.on_commit(partial(outbox_file.forget, addresses))  # what a provider is given just now
    kept = {model._meta.label: count for model in _staying() if (count := _count(model, person))}
    gone.update(_unlinked(user))
    stop_messages(user)
    for proofs in (Agreement, Consent):
        proofs.objects.filter(user=user).update(kept_until=timezone.now() + PROOFS)
    left: list[str] = []
    for relation in about_people():
        rows = relation.related_model._default_manager.filter(**{relation.field.name: user})
        if _goes(relation):
            gone.update(delete(rows))
        else:
            _empty(rows)
            left += _unemptied(rows)
            for batch in _batches(rows):
                batch.update(user=None)
    _empty_places(person)
    _empty_replies(person)
    audit.forget(person)
    AuditRecord.objects.filter(person=person, actor_id=person).update(country="", network="", address_hash="")
    audit.record("user.erased", audit.SYSTEM, user.customer, person=person)
    gone.update(user.delete()[1])
    left += search(person)
    if left:
        raise Left(left)
    return Removed({table: count for table, count in sorted(gone.items()) if count}, kept)


def look_again(person: UUID) -> None:
    """Empty once more what calls that were under way may have written of somebody who was erased meanwhile.

    What points at the person's row could not be written; the trail names people by id alone.
    """
    _empty_places(person)
    _empty_replies(person)
    audit.forget(person)


def search(person: UUID) -> list[str]:
    """What of the data map still holds something of an erased person: tables that should be empty, fields unemptied."""
    found = []
    for model in {model for model, _name, entry in datamap.entries() if isinstance(entry, Personal)}:
        rows = subjects.rows_about(model, person)
        if model is AuditRecord and rows is not None:
            rows = rows.filter(actor_id=person)  # where somebody else acted on the person, the place is that other's
        if rows is None or not rows.exists():
            continue
        if not datamap.outlives(model):
            found.append(model._meta.label)
            continue
        found += _unemptied(rows)
    return sorted(found)


def _unemptied(rows: QuerySet[Any]) -> list[str]:
    """The fields that should be empty in rows that stay, and are not."""
    fields = [name for name, entry in _personal(rows.model).items() if entry.erased == EMPTIED]
    left = [name for name in fields if rows.exclude(**_blank_of(rows.model, name)).exists()]
    return [f"{rows.model._meta.label}.{name}" for name in left]


def about_people() -> list[ManyToOneRel]:
    """Every table whose rows are one user's, those first that others do not point at."""
    found = [one for one in incoming(User) if one.field.name == "user"]
    return sorted(found, key=lambda one: (len(incoming(one.related_model)), one.related_model._meta.label))


def incoming(model: type[Model]) -> list[ManyToOneRel]:
    """Every foreign key that points at a table."""
    return [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, ManyToOneRel)]


def _goes(relation: ManyToOneRel) -> bool:
    """Whether the rows go with the person; of others only the link is cut and what is declared so is emptied."""
    fields = _personal(relation.related_model).values()
    return relation.on_delete is CASCADE or any(entry.erased == WITH_THE_ROW for entry in fields)


def _personal(model: type[Model]) -> dict[str, Personal]:
    return {name: entry for name, entry in datamap.declared(model).items() if isinstance(entry, Personal)}


def _staying() -> list[type[Model]]:
    """The tables of which rows stay, without telling who that was."""
    found = {model for model, _name, entry in datamap.entries() if isinstance(entry, Personal)}
    cut = {one.related_model for one in about_people() if not _goes(one)}
    return sorted(
        (found & cut) | {model for model in found if datamap.outlives(model)}, key=lambda one: one._meta.label
    )


def _count(model: type[Model], person: UUID) -> int:
    rows = subjects.rows_about(model, person)
    return rows.count() if rows is not None else 0


def delete(rows: QuerySet[Any]) -> Counter[str]:
    """Delete rows and what hangs on them; how many, by table."""
    gone: Counter[str] = Counter()
    while count := rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[:BATCH]).delete()[1]:
        gone.update(count)
    return gone


def _empty(rows: QuerySet[Any]) -> None:
    """Empty what is declared so, a batch of rows at a time."""
    changes: dict[str, Any] = {}
    for name, entry in _personal(rows.model).items():
        if entry.erased == EMPTIED:
            changes |= _blank_of(rows.model, name)
    for batch in _batches(rows) if changes else ():
        batch.update(**changes)


def _blank_of(model: type[Model], name: str) -> dict[str, Any]:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]  # no relation is emptied
    return {name: None if field.null else field.get_default() or ""}


def _batches(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    last = None
    while True:
        after = rows.filter(pk__gt=last) if last is not None else rows
        keys = list(after.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield rows.model._default_manager.filter(pk__in=keys)
        last = keys[-1]


def empty_messages(user: User) -> None:
    """Messages stay as counts of what was sent; who and what they said goes. What still waits is never sent."""
    stop_messages(user)
    _empty(Message.objects.filter(user=user))


def stop_messages(user: User) -> None:
    """What waits to be sent to somebody is never sent."""
    waiting = (Message.State.QUEUED, Message.State.CLAIMED)
    rows = Message.objects.filter(user=user, state__in=waiting)
    rows.update(state=Message.State.EXPIRED, finished_at=timezone.now())


def _empty_places(person: UUID) -> None:
    """The trail says no longer from where somebody acted for themselves, or who came as a stranger about them."""
    own = Q(actor_id=person) | Q(actor_id=None)
    for batch in _batches(
        AuditRecord.objects.filter(own, person=person).exclude(network="", country="", address_hash="")
    ):
        batch.update(network="", country="", address_hash="")


def _empty_replies(person: UUID) -> None:
    """What programs answered to webhooks about the person may have named them."""
    for batch in _batches(WebhookDelivery.objects.filter(record__person=person).exclude(reply="")):
        batch.update(reply="")


def _unlinked(user: User) -> Counter[str]:
    """Remove what is about the person and has no link to them, found by their name and addresses."""
    gone: Counter[str] = Counter()
    if user.email:
        gone.update(delete(Invitation.objects.filter(email__iexact=user.email)))
    gone.update(delete(Visit.objects.filter(customer=user.customer_id, user=None, username__iexact=user.username)))
    gone.update(delete(IdempotencyKey.objects.filter(pk__in=_answers_about(user))))
    gone.update(delete(AddressGuard.objects.filter(customer=user.customer_id, address_hash__in=_guarded(user))))
    return gone


def _guarded(user: User) -> set[str]:
    """By what hashes an address is guarded that was asked before it was known whose it is; some ways take two."""
    known = _addresses(user)
    return {address_hash(one) for one in known} | {address_hash(f"{a} {b}") for a in known for b in known}


def _answers_about(user: User) -> list[UUID]:
    """The answers of the last day that a program could be given again and that are about this person."""
    rows = IdempotencyKey.objects.filter(customer=user.customer_id)
    said = (user.public_id, user.username)
    return [row.pk for row in rows.iterator(chunk_size=BATCH) if any(one in row.answer for one in said)]


def _addresses(user: User) -> set[str]:
    """Every address that this person was ever written to at, as far as it is still known."""
    mine = Authenticator.objects.filter(user=user)
    found = {user.email, str(user.phone or ""), *(one.address for one in mine)}
    return {one for one in found if one} | {one.to for one in Message.objects.filter(user=user).iterator() if one.to}
