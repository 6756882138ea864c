"""Keeping a person's name and addresses apart, under a key of its own, while nothing may be done with them."""

import json
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts import audit, crypto, names
from accounts.audit import Actor
from accounts.models import Message, User
from accounts.verbs import people, sessions
from mfa.models import Authenticator
from privacy.models import SetAside
from privacy.verbs import removing

AT_ONCE = 1000
KEPT = ("username", "email", "phone", "first_name", "last_name")
OF_MESSAGE = ("to", "to_masked", "context")
BLANK: dict[str, Any] = {"to": None, "to_masked": "", "context": {}}
Held = dict[str, dict[str, Any]]  # by a row's id: what was in its fields


def put(user: User, why: str, until: datetime, by: Actor) -> SetAside:
    """Take a person's data out of use, inside the caller's transaction. Their row keeps a hash in the name's place."""
    row = SetAside.objects.filter(user=user).first() or SetAside(customer=user.customer, user=user)
    if user.restricted_at is None:
        held: Held = {str(user.pk): {name: str(getattr(user, name)) for name in KEPT}}
        for one in Authenticator.objects.filter(user=user).exclude(address=None):
            held[str(one.pk)] = {"address": one.address or ""}
            one.address = None
            one.save(update_fields=["address"])
        held |= _messages(user)
        row.sealed, row.email_hash = json.dumps(held), email_hash(user.email)
        name = people.apart_name(user.customer, user.canonical_username)
        for field in KEPT:
            setattr(user, field, name if field == "username" else "")
        user.restricted_at = timezone.now()
        user.save(update_fields=[*KEPT, "restricted_at"])
        sessions.end_sessions(user, by)
        audit.record("user.restricted", by, user.customer, user, facts={"why": str(why)})
    row.why, row.at, row.until = why, row.at or timezone.now(), until
    row.save()
    return row


def _messages(user: User) -> Held:
    """Take out of a person's messages where to and what they say; none that waits is sent any more."""
    removing.stop_messages(user)
    mine = Message.objects.filter(user=user)
    held = {str(one.pk): {name: getattr(one, name) for name in OF_MESSAGE} for one in mine.iterator()}
    mine.update(**BLANK)
    return held


def empty_sent(at: datetime) -> int:
    """Empty what was sent about their requests to people whose data is out of use; how many messages."""
    sent = Message.objects.filter(user__set_aside__at__lte=at, finished_at__isnull=False).exclude(to=None)
    return Message.objects.filter(pk__in=sent.values("pk")[:AT_ONCE]).update(**BLANK)


def email_hash(email: str) -> str:
    """By what a set-aside person's address is known again; empty for none."""
    return crypto.keyed_hash("address kept apart", names.canonical(email)) if email else ""


def correct(user: User, name: str, value: str, by: Actor) -> dict[str, list[Any]]:
    """Put a corrected datum in its place, where it is kept apart as well; what it was and is, as `update_user` says."""
    row = SetAside.objects.select_for_update().filter(user=user).first() if user.restricted_at is not None else None
    if row is None or name not in KEPT:
        return people.update_user(user, by, **{name: value})
    held = _held(row)
    mine = held[str(user.pk)]
    changes = {name: [mine[name], value]}
    mine[name] = value
    row.sealed, row.email_hash = json.dumps(held), email_hash(mine["email"])
    row.save(update_fields=["sealed", "email_hash"])
    return changes


def back(user: User, by: Actor) -> None:
    """Put everything where it was, inside the caller's transaction."""
    row = SetAside.objects.filter(user=user).first()
    if row is not None:
        held = _held(row)
        authenticators = Authenticator.objects.filter(user=user, address=None)
        rows: list[Any] = [user, *authenticators, *Message.objects.filter(user=user, to=None)]
        for one in fill(rows, held):
            one.save(update_fields=list(held[str(one.pk)]))
        row.delete()
    user.restricted_at = None
    user.save(update_fields=["restricted_at"])
    audit.record("user.released", by, user.customer, user)


def opened(user: User) -> Held:
    """What is kept apart of a person, for what they asked for themselves; empty where nothing is."""
    row = SetAside.objects.filter(user=user).first() if user.restricted_at is not None else None
    return _held(row) if row is not None else {}


def whole(user: User) -> User:
    """The person with what is kept apart, in memory alone: for telling them of their request, and their copy."""
    held = opened(user)
    if not held:
        return user
    found = copy(user)
    found._state = copy(user._state)  # with the row it was read with, never written back from here
    fill([found], held)
    return found


def fill(rows: Iterable[Any], held: Held) -> list[Any]:
    """Set on rows, in memory, what was kept apart of them; those that had something."""
    found = [row for row in rows if str(row.pk) in held]
    for row in found:
        for name, value in held[str(row.pk)].items():
            setattr(row, name, value)
    return found


def _held(row: SetAside) -> Held:
    found: Held = json.loads(row.sealed) if row.sealed else {}
    return found
