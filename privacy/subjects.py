"""The data that a request is about, one name a datum, as people know them from the data map."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import get_language

from accounts import datamap
from accounts.models import User
from privacy import mapping, words
from privacy.models import PrivacyRequest
from privacy.moves import Kind

USERNAME = "accounts.User.username"
CORRECTABLE = ("first_name", "last_name", "email", "phone", "language")


def data_of(request: PrivacyRequest) -> dict[str, str]:
    """What a refusal must speak of, key by key: the one datum, or all of them."""
    if request.about:
        key = request.about if "." in request.about else f"{User._meta.label}.{request.about}"
        return {key: datum(key)}
    if request.kind == Kind.OBJECTION_OTHER:
        return {"use": str(Kind.OBJECTION_OTHER.label)}
    return everything()


def everything() -> dict[str, str]:
    """Every datum that can be about somebody who signs in at a site, by the name of its first field."""
    return _everything(get_language() or "")


def by_category() -> list[tuple[str, list[tuple[str, str]]]]:
    """The same as the choices of a form, in the order of the data map's categories."""
    found: dict[str, list[tuple[str, str]]] = {str(title): [] for title in words.CATEGORIES.values()}
    known = everything()
    for table, name, entry in mapping.personal(end_users=True):
        if (key := f"{table}.{name}") in known:
            found[str(words.CATEGORIES[entry.category])].append((key, known[key]))
    return [(title, sorted(choices, key=lambda one: one[1])) for title, choices in found.items() if choices]


@lru_cache(maxsize=8)
def _everything(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for table, name, entry in mapping.personal(end_users=True):
        label = str(words.label(table, name, entry) or name)
        if label not in found.values():
            found[f"{table}.{name}"] = label
    return found


def datum(key: str) -> str:
    """What people call the datum of a key such as "accounts.User.email"."""
    table, _dot, name = key.rpartition(".")
    for model, field, entry in datamap.entries():
        if (model._meta.label, field) == (table, name) and isinstance(entry, datamap.Personal):
            return str(words.label(table, name, entry) or name)
    return key


def rows_of(model: type[Model], user: User) -> QuerySet[Any] | None:
    """The rows of a table that are about a person, or None where none can be found by them."""
    return rows_about(model, user.pk)


def rows_about(model: type[Model], person: UUID) -> QuerySet[Any] | None:
    """The same of an id that may be of somebody who is gone."""
    fields = {field.name for field in model._meta.concrete_fields}
    rows = model._default_manager.all()
    if model is User:
        return rows.filter(pk=person)
    if "user" in fields:
        return rows.filter(user=person)
    if "membership" in fields:
        return rows.filter(membership__user=person)
    if "person" in fields:
        return rows.filter(person=person)
    if "request" in fields and model._meta.get_field("request").related_model is PrivacyRequest:
        return rows.filter(request__person=person)
    return rows.filter(authenticator__user=person) if "authenticator" in fields else None
