"""What a change on the staff's pages leaves in the audit trail: before and after, personal values sealed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from accounts import audit, datamap
from accounts.audit import Actor
from accounts.models import Customer, User

Changes = dict[str, list[Any]]


def of_form(form: Any) -> Changes:
    """The fields that a form has changed, each as [before, after]."""
    return {name: [form.initial.get(name), form.cleaned_data.get(name)] for name in form.changed_data}


def record(what: str, by: Actor, obj: models.Model, changed: Changes) -> None:
    """Append `customer.edited` and the like. What the data map calls personal, or does not know, is sealed."""
    declared = datamap.declared(type(obj))
    pairs = {name: [_plain(before), _plain(after)] for name, (before, after) in changed.items()}
    facts: dict[str, Any] = {
        name: pair for name, pair in pairs.items() if isinstance(declared.get(name), datamap.Plain)
    }
    values = {name: pair for name, pair in pairs.items() if name not in facts}
    if values:
        facts["fields"] = sorted(values)
    customer = obj if isinstance(obj, Customer) else getattr(obj, "customer", None)
    audit.record(f"{obj._meta.model_name}.{what}", by, customer, obj, person=_person(obj), facts=facts, values=values)


def _person(obj: models.Model) -> UUID | None:
    person: UUID | None = obj.pk if isinstance(obj, User) else getattr(obj, "user_id", None)
    return person


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
