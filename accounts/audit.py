"""record(): the append-only trail. Names people by id; values are sealed under the person's own key."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction

from accounts.http import NOWHERE, Source
from accounts.models import ApiToken, AuditRecord, Customer, PersonKey, Site, User
from accounts.webhooks import emitting


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where."""

    kind: str
    id: UUID | None = None
    source: Source = NOWHERE


SYSTEM = Actor(AuditRecord.Actor.SYSTEM)


def member(user: User, source: Source) -> Actor:
    return Actor(AuditRecord.Actor.MEMBER, user.pk, source)


def staff(user: User, source: Source) -> Actor:
    return Actor(AuditRecord.Actor.STAFF, user.pk, source)


def site(calling: Site, source: Source) -> Actor:
    return Actor(AuditRecord.Actor.SITE, calling.pk, source)


def token(calling: ApiToken, source: Source) -> Actor:
    """A program that uses the native API: the site it speaks for, where it speaks for one."""
    return Actor(AuditRecord.Actor.TOKEN, calling.pk, source)


def end_user(user: User, source: Source) -> Actor:
    return Actor(AuditRecord.Actor.USER, user.pk, source)


def stranger(source: Source) -> Actor:
    return Actor(AuditRecord.Actor.STRANGER, None, source)


def record(
    action: str,
    by: Actor,
    customer: Customer | None,
    about: Any = None,
    *,
    person: UUID | None = None,
    facts: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    """Append one record, inside the caller's transaction. See `entry` for what it may hold."""
    made = entry(action, by, customer, about, person=person, facts=facts, values=values)
    made.save(force_insert=True)
    emitting.announce(made)


def entry(
    action: str,
    by: Actor,
    customer: Customer | None,
    about: Any = None,
    *,
    person: UUID | None = None,
    facts: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> AuditRecord:
    """A record that the caller writes together with what it tells of, and then announces.

    `about` is the row acted on; `facts` are readable by everyone who may see the trail and name nobody; `values`
    (before and after, an address) are sealed under the key of the person they are about. Neither may hold a secret.
    """
    if person is None and isinstance(about, User):
        person = about.pk
    place = by.source.place
    known = by.kind in {AuditRecord.Actor.MEMBER, AuditRecord.Actor.STAFF}
    return AuditRecord(
        customer=customer,
        actor_kind=by.kind,
        actor_id=by.id,
        action=action,
        object_kind=about._meta.model_name if about is not None else "",
        object_id=str(getattr(about, "public_id", None) or about.pk) if about is not None else "",
        person=person,
        facts=facts or {},
        sealed=seal(person, json.dumps(values, default=str)) if values and person else "",
        country=place.country,
        network=place.network,
        address_hash=by.source.address_hash,
        address_sealed=seal(by.id, by.source.address) if known and by.id and by.source.address else "",
    )


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, each as [before, after]."""
    return {name: [before[name], after[name]] for name in after if before.get(name) != after[name]}


def seal(person: UUID, text: str) -> str:
    """Text under the person's own key, which is made on first use; nothing of somebody who was erased meanwhile."""
    key = _key(person)
    return Fernet(key).encrypt(text.encode()).decode() if key else ""


def unseal(person: UUID | None, token: str) -> str | None:
    """The sealed text, or None once the person was forgotten."""
    row = PersonKey.objects.filter(pk=person).first() if person and token else None
    if row is None:
        return None
    try:
        return Fernet(row.key.encode()).decrypt(token.encode()).decode()
    except InvalidToken:
        return None


def forget(person: UUID) -> None:
    """Destroy a person's key: all that was sealed under it becomes unreadable, the records stay."""
    PersonKey.objects.filter(pk=person).delete()


def _key(person: UUID) -> bytes:
    """The key of a person, made on first use while their row is held; empty when they are gone."""
    row = PersonKey.objects.filter(pk=person).first()
    return str(row.key).encode() if row is not None else _new_key(person)


@transaction.atomic
def _new_key(person: UUID) -> bytes:
    if not User.objects.select_for_update(no_key=True).filter(pk=person).exists():
        return b""
    row, _made = PersonKey.objects.get_or_create(person=person, defaults={"key": Fernet.generate_key().decode()})
    return str(row.key).encode()
