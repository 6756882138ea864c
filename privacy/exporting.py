"""What a copy of a person's data holds, made from the data map: each datum with what it is for, and every row of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts import audit, datamap, names
from accounts.datamap import Personal
from accounts.models import AuditRecord, User
from privacy import mapping, subjects, words
from privacy.models import Entry, Package, PackagePart, PrivacyRequest
from privacy.verbs import apart

ROWS = 500  # of one table in one stretch
AS_IT_IS, MASKED = "as it is", "masked"
GIVEN = {"the person", "the site or the customer", "the site", "the browser"}  # sources of what can be taken elsewhere
ACTORS_OWN = {"country", "network", "address_hash", "address_sealed", "actor_id"}  # of who acted, who may be another
SEALED = {(AuditRecord, "sealed"), (AuditRecord, "address_sealed"), (PrivacyRequest, "proposed"), (Entry, "sealed")}
COPIES = (Package, PackagePart)  # no copy holds itself: each stretch that is written would be one more to write
Told = dict[str, Any]


def tables(user: User, *, portable: bool = False) -> list[type[Model]]:
    """The tables that can hold something about this person."""
    found = {model for model, _name, entry in datamap.entries() if isinstance(entry, Personal)} - set(COPIES)
    held = [model for model in found if subjects.rows_of(model, user) is not None and fields_of(model, portable)]
    return sorted(held, key=lambda model: (model is not User, model._meta.label))


def fields_of(model: type[Model], portable: bool = False) -> dict[str, Personal]:
    """The personal fields of a table; for taking elsewhere those that the person or the site gave."""
    declared = datamap.declared(model).items()
    found = {name: entry for name, entry in declared if isinstance(entry, Personal)}
    if not portable:
        return found
    return {name: entry for name, entry in found.items() if entry.source in GIVEN and entry.exported == AS_IT_IS}


def about(model: type[Model], portable: bool = False) -> list[Told]:
    """Of each datum of a table: what it is for, on what basis, where from, until when, who receives it (Art. 15(1))."""
    told = []
    for name, entry in fields_of(model, portable).items():
        line = mapping.line([(model._meta.label, name, entry)])
        told.append(
            {
                "field": name,
                "label": line.label,
                "category": str(line.category),
                "purposes": [str(one) for one in line.purposes],
                "bases": [str(one) for one in line.bases],
                "sources": [str(one) for one in line.sources],
                "kept": [str(one) for one in line.retentions],
                "recipients": [str(one) for one in line.recipients],
                "shown": [str(one) for one in line.exported],
            }
        )
    return told


def rows(model: type[Model], user: User, portable: bool = False) -> Iterator[list[Told]]:
    """Every row of a table about the person, a bounded number at a time."""
    found, fields, last = subjects.rows_of(model, user), fields_of(model, portable), None
    held = apart.opened(user)
    while found is not None:
        after = found.filter(pk__gt=last) if last is not None else found
        batch = list(after.order_by("pk")[:ROWS])
        if not batch:
            return
        apart.fill(batch, held)
        yield [{name: value(row, name, entry, user) for name, entry in fields.items()} for row in batch]
        last = batch[-1].pk


def value(row: Any, name: str, entry: Personal, user: User) -> Any:
    """One datum of one row as the map says it may be shown: secrets are described, what is another's is left out."""
    field = row._meta.get_field(name)
    if isinstance(row, AuditRecord) and name in ACTORS_OWN and row.actor_id != user.pk:
        return None
    held = getattr(row, field.attname)
    if held is None or held == "":
        return None
    if entry.exported == MASKED:
        return names.mask(str(held))
    if entry.exported != AS_IT_IS or entry.category == "credential":
        return str(words.EXPORTED.get(entry.exported, entry.exported))
    if (type(row), name) in SEALED:
        return audit.unseal(user.pk, held)
    return _plain(held)


def _plain(held: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(held, datetime | date):
        return held.isoformat()
    if isinstance(held, UUID):
        return str(held)
    return held if isinstance(held, str | int | float | bool | list | dict) else str(held)
