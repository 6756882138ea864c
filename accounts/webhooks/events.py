"""The events that sites can care about: a public view of some of the audit trail's actions.

Each names the facts of its record that it tells. Nothing else of a record leaves this server: no value, no address,
no network, nobody but the user it is about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditRecord, User

Words = str | Promise
TEST = "test"


@dataclass(frozen=True)
class Event:
    """One kind of event: its name, what it says in words, and which facts of the record it tells."""

    name: str
    words: Words
    facts: tuple[str, ...] = ()


EVENTS: dict[str, Event] = {}  # by the action that it is a view of


def register(action: str, name: str, words: Words, *facts: str) -> None:
    """Make an action of the trail an event. Raises ValueError when the action is one already."""
    if action in EVENTS:
        raise ValueError(f"{action!r} is an event already")
    EVENTS[action] = Event(name, words, facts)


def names() -> dict[str, Words]:
    """Every event's name with its words, in order of the names."""
    return dict(sorted({event.name: event.words for event in EVENTS.values()}.items()))


def register_all() -> None:
    """Make accounts' own events known."""
    register("user.created", "user.created", _("A user was added"))
    register("user.updated", "user.changed", _("A user was changed"), "fields")
    register("user.disabled", "user.disabled", _("A user was disabled"))
    register("user.enabled", "user.enabled", _("A user was let in again"))
    register("user.erasure_requested", "user.deleted", _("A user was deleted"))
    register("user.erased", "user.erased", _("All of a deleted user was erased"))
    register("message.undelivered", "message.undelivered", _("A message was not delivered"), "channel", "kind", "state")


def shown(records: Iterable[AuditRecord]) -> list[dict[str, Any]]:
    """Records as their events say them, with the users they are about as those are now; in one query."""
    found = list(records)
    people = {record.person for record in found if record.person}
    users = {user.pk: user for user in User.objects.living().filter(pk__in=people)} if people else {}
    return [_shown(record, users) for record in found]


def _shown(record: AuditRecord, users: dict[UUID, User]) -> dict[str, Any]:
    event = EVENTS[record.action]
    user = users.get(record.person) if record.person else None
    if user is not None and user.customer_id != record.customer_id:
        user = None
    data: dict[str, Any] = {
        "id": event_id(record),
        "by": record.actor_kind,
        "user": {"id": user.public_id, "username": user.username} if user else None,
    }
    if record.object_kind == "user" and user is None:  # who is gone is told by the id alone
        data["user"] = {"id": record.object_id, "username": None}
    elif record.object_kind in _NAMED:
        data[record.object_kind] = record.object_id
    data["facts"] = {name: record.facts[name] for name in event.facts if name in record.facts}
    return {"type": event.name, "timestamp": record.at.isoformat(), "data": data}


_NAMED = frozenset({"transaction", "authenticator", "message", "link", "recovery"})


def event_id(record: AuditRecord) -> str:
    """What names an event: the same for every endpoint and every try."""
    return f"evt_{record.pk.hex}"
