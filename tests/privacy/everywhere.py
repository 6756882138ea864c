"""Somebody of whom every table holds something unusual: what has no row of theirs yet is given one, read from models.

A new model with personal data is planted in as soon as it is declared, or makes this fail.
"""

import itertools
import json
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from accounts import datamap
from accounts.datamap import Personal
from accounts.fields import EncryptedTextField
from accounts.models import AuditRecord, User, WebhookDelivery
from privacy import subjects
from privacy.models import Measure, PrivacyRequest
from privacy.verbs import removing

SHORTEST = 20  # characters of what can be unusual: a shorter field holds a word of ours, or a country
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
# Tables without a link to a person; what is planted there is found by other means
BY_OTHER_MEANS = {
    "accounts.ErasureRequest": "made by whoever asks for the erasure",
    "accounts.ErasedName": "made by the erasure, so that the name stays refused",
    "accounts.IdempotencyKey": "found by the name in its answer",
    "mfa.AddressGuard": "found by the hash of an address",
    "privacy.Objection": "outlives whoever made it",
    "privacy.SiteJob": "made by the erasure, and keeps the name until the site has answered",
    "privacy.Tombstone": "made by the erasure",
    "privacy.Receipt": "made by the erasure",
    "accounts.ApiToken": "by whom it was made is a link that is cut",
    "accounts.Invitation": "found by the address",
}
# What a constraint or a way of working asks for, where any value will not do
GIVEN: dict[type[models.Model], dict[str, Any]] = {
    PrivacyRequest: {"state": "evidence", "kind": "clarification"},
    Measure: {"state": "asked"},
}
# Texts that count as plain, and hold what others wrote
OTHERS_WORDS = {("accounts.Session", "session_data"), ("accounts.WebhookDelivery", "reply")}
_numbers = itertools.count(1)


def tables() -> list[type[models.Model]]:
    """Every table with a personal field."""
    found = {model for model, _name, entry in datamap.entries() if isinstance(entry, Personal)}
    return sorted(found, key=lambda model: model._meta.label)


def _found_by_person() -> list[type[models.Model]]:
    return [model for model in tables() if model._meta.label not in BY_OTHER_MEANS]


def unusual() -> str:
    return f"unusual{next(_numbers):05d}trace"


class Everywhere:
    """Plants in every table that can hold something of a person; `planted` says what."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.planted: dict[tuple[str, str], str] = {}

    def fill(self) -> None:
        """Make a row in every table that has none of the person's."""
        for model in _found_by_person():
            rows = subjects.rows_of(model, self.user)
            assert rows is not None, f"{model._meta.label} has no way to its person"
            if not rows.exists():
                self.make(model)

    def plant(self):
        """Make what rows are missing, then write something unusual into every personal field that can take it."""
        self.fill()
        self._delivery()
        for model in sorted(
            _found_by_person(), key=lambda one: one is User
        ):  # the person last, whose name finds others
            row = subjects.rows_of(model, self.user).first()
            assert row is not None, f"no row of {model._meta.label} could be made"
            self._write(row)

    def make(self, model: type[models.Model]) -> Any:
        """A row of this person's, with something in every field that must have something."""
        values = {field.name: self._value(model, field) for field in model._meta.concrete_fields if _needs(field)}
        for link in ("user", "person"):
            if link in {field.name for field in model._meta.concrete_fields}:
                values[link] = self.user if link == "user" else self.user.pk
        row = model(**values | GIVEN.get(model, {}))
        row.save(force_insert=True)
        return row

    def _value(self, model, field):
        if field.is_relation:
            return self._other(field.related_model)
        if field.choices:
            return field.flatchoices[0][0]
        made = {
            models.DateTimeField: lambda: timezone.now() + timedelta(days=1),
            models.DateField: lambda: timezone.now().date(),
            models.JSONField: dict,
            models.UUIDField: lambda: self.user.pk,
            models.BooleanField: bool,
            models.FloatField: float,
            models.BinaryField: lambda: b"0" * 16,
            models.IntegerField: int,
            models.CharField: lambda: unusual()[-(field.max_length or 20) :],
            models.TextField: unusual,
        }
        return next(make() for kind, make in made.items() if isinstance(field, kind))

    def _other(self, model: type[models.Model]) -> Any:
        """What a row points at: the person, something of the person's or of the customer's, or a new one."""
        if model is User:
            return self.user
        rows = subjects.rows_of(model, self.user)
        names = {field.name for field in model._meta.concrete_fields}
        if rows is None and "customer" in names:
            rows = model._default_manager.filter(customer=self.user.customer)
        if model._meta.label == "accounts.Customer":
            return self.user.customer
        return (rows.first() if rows is not None else None) or self.make(model)

    def _delivery(self) -> None:
        """A webhook that told of the person, and what was answered to it."""
        row = self.make(WebhookDelivery)
        row.record = AuditRecord.objects.filter(person=self.user.pk).first()
        row.save(update_fields=["record"])
        self._write(row)

    def _write(self, row: Any) -> None:
        model = type(row)
        for field in model._meta.concrete_fields:
            if not _can_be_unusual(model, field):
                continue
            text = self._write_one(row, field)
            if text:
                self.planted[model._meta.label, field.name] = text

    def _write_one(self, row, field):
        """Write past all code that might not, and return what is then looked for."""
        text, table, key = unusual(), row._meta.db_table, row._meta.pk.column
        where = f'"{table}" WHERE "{key}" = %s'
        pk = row._meta.pk.get_db_prep_value(row.pk, connection)
        with connection.cursor() as cursor:
            if isinstance(field, EncryptedTextField):  # a ciphertext is looked for as it stands in the table
                if row.__dict__.get(field.attname) is None:
                    setattr(row, field.name, text)
                    row.save(update_fields=[field.name])
                cursor.execute(f'SELECT "{field.column}" FROM {where}', [pk])  # noqa: S608
                return str(cursor.fetchone()[0])
            raw = {models.JSONField: json.dumps({"seen": text}), models.BinaryField: text[:16].encode()}
            value = next((raw[kind] for kind in raw if isinstance(field, kind)), text)
            cursor.execute(f'UPDATE "{table}" SET "{field.column}" = %s WHERE "{key}" = %s', [value, pk])  # noqa: S608
        return value.hex() if isinstance(value, bytes) else text

    def goes(self) -> dict[tuple[str, str], str]:
        """What of it has to be gone: all but what the data map lets stay because it names nobody, or no key opens."""
        return {place: text for place, text in self.planted.items() if _goes(*place)}


def _goes(label: str, name: str) -> bool:
    if (label, name) in OTHERS_WORDS:
        return True
    entry = datamap.declared(apps.get_model(label))[name]
    return isinstance(entry, Personal) and entry.erased.startswith((removing.WITH_THE_ROW, removing.EMPTIED))


def _needs(field: Any) -> bool:
    return not (field.null or field.has_default() or field.blank or isinstance(field, models.AutoField))


def _can_be_unusual(model: type[models.Model], field: Any) -> bool:
    entry = datamap.declared(model).get(field.name)
    if (model._meta.label, field.name) in OTHERS_WORDS:
        return True
    if isinstance(field, models.BinaryField):
        return isinstance(entry, Personal)
    fits = getattr(field, "max_length", None) is None or field.max_length >= SHORTEST
    return isinstance(entry, Personal) and isinstance(field, TEXT) and fits and not field.choices
