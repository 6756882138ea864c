"""Keeping a person's name and addresses apart, under a key of its own, while nothing may be done with them."""

import json
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import User
from accounts.verbs import people, sessions
from mfa.models import Authenticator
from privacy.models import SetAside

KEPT = ("username", "email", "phone", "first_name", "last_name")
Held = dict[str, dict[str, str]]  # by a row's id: what was in its fields


def put(user: User, why: str, until: datetime, by: Actor) -> SetAside:
    """Take a person's data out of use, inside the caller's transaction. Their row keeps a hash in the name's place."""
    row = SetAside.objects.filter(user=user).first() or SetAside(customer=user.customer, user=user)
    if user.restricted_at is None:
        held: Held = {str(user.pk): {name: str(getattr(user, name)) for name in KEPT}}
        for one in Authenticator.objects.filter(user=user).exclude(address=None):
            held[str(one.pk)] = {"address": one.address or ""}
            one.address = None
            one.save(update_fields=["address"])
        row.sealed = json.dumps(held)
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


def back(user: User, by: Actor) -> None:
    """Put everything where it was, inside the caller's transaction."""
    row = SetAside.objects.filter(user=user).first()
    rows: list[Any] = [user, *Authenticator.objects.filter(user=user, address=None)]
    if row is not None:
        held = _held(row)
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
