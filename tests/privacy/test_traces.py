"""A person with something unusual in every field of the data map is erased, and nothing unusual is found anywhere."""

import json
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection, models

from accounts import audit, datamap
from accounts import verbs as people
from accounts.datamap import Personal
from accounts.fields import EncryptedTextField
from accounts.gateways.contract import Letter
from accounts.gateways.outbox_file import OutboxFile
from accounts.http import Source
from accounts.models import Message, User
from mfa import verbs as mfa
from privacy import subjects
from privacy import verbs as privacy
from privacy.hosted.passport import NOT_BY_PERSON
from privacy.verbs import removing
from tests.factories import UserFactory
from tests.privacy.test_erase import dump

pytestmark = [pytest.mark.requirement("R-57"), pytest.mark.django_db(transaction=True)]
SHORTEST = 20  # characters of what can be unusual: a shorter field holds a word of ours, or a country
TEXT = (models.CharField, models.TextField, models.JSONField)


def tables():
    """Every table with a personal field of which a person has rows."""
    found = {model for model, _name, entry in datamap.entries() if isinstance(entry, Personal)}
    return sorted(found, key=lambda model: model._meta.label)


def fields(model):
    """The personal fields of a table that can hold something unusual, with their declarations."""
    for name, entry in datamap.declared(model).items():
        field = model._meta.get_field(name)
        fits = getattr(field, "max_length", None) is None or field.max_length >= SHORTEST
        if isinstance(entry, Personal) and isinstance(field, TEXT) and fits and not field.choices:
            yield field, entry


class Seeds:
    """Writes something unusual into every such field of a person's rows, past all code that might not."""

    def __init__(self, user):
        self.user, self.number = user, 0
        self.planted: dict[tuple[str, str], str] = {}

    def plant(self, model):
        rows = subjects.rows_of(model, self.user)
        row = rows.first() if rows is not None else None
        if row is None:
            return
        for field, _entry in fields(model):
            self.number += 1
            text = f"unusual{self.number:04d}trace"
            encrypted = isinstance(field, EncryptedTextField)
            raw: Any = json.dumps({"seen": text}) if isinstance(field, models.JSONField) else text
            with connection.cursor() as cursor:  # a ciphertext is looked for as it stands in the table
                table, column = model._meta.db_table, field.column
                if encrypted:
                    cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{model._meta.pk.column}" = %s', [row.pk])  # noqa: S608
                    text = (cursor.fetchone() or [None])[0] or ""
                else:
                    cursor.execute(
                        f'UPDATE "{table}" SET "{column}" = %s WHERE "{model._meta.pk.column}" = %s',  # noqa: S608
                        [raw, row.pk],
                    )
            if text:
                self.planted[model._meta.label, field.name] = text


def stays(label, name):
    """Whether the data map lets a value stay that names nobody."""
    model = next(model for model in tables() if model._meta.label == label)
    return datamap.declared(model)[name].erased not in {removing.WITH_THE_ROW, removing.EMPTIED}


@pytest.fixture
def seeded():
    """Somebody who has signed in, was written to and changed, with something unusual wherever it can be."""
    user = UserFactory(
        username="sigrid.unusual@fjell.example", email="sigrid.unusual@fjell.example", phone="+4791239876"
    )
    mfa.begin(user.customer, method="email_code", user=user, by=audit.SYSTEM)
    people.update_user(user, audit.SYSTEM, first_name="Sigridlinn")
    OutboxFile("file:").send(
        Letter(id="1", channel="email", to=user.email, sender="", subject="Code", text="unusualbody")
    )
    seeds = Seeds(user)
    for model in tables():
        if model is not User:
            seeds.plant(model)
    seeds.plant(User)
    return user, seeds.planted


def test_nothing_unusual_of_an_erased_person_is_left_anywhere(seeded, capfd):
    user, planted = seeded
    assert len(planted) > 20
    before = dump()
    assert all(text in before for text in planted.values())
    assert "unusualbody" in Path(settings.OUTBOX_FILE).read_text()
    user = User.objects.select_related("customer").get(pk=user.pk)

    people.request_erasure(user, audit.SYSTEM)
    assert privacy.erase_due() == 1

    gone = {key: text for key, text in planted.items() if not stays(*key)}
    gone |= {("a name", ""): "sigrid.unusual", ("a first name", ""): "Sigridlinn", ("a phone", ""): "91239876"}
    after = dump()
    assert {key for key, text in gone.items() if text in after} == set()
    assert [key for key, text in gone.items() if text in _valkey()] == []
    assert [key for key, text in gone.items() if text in _var()] == []
    assert "unusualbody" not in _var()
    said = capfd.readouterr()
    assert [key for key, text in gone.items() if text in said.out + said.err] == []


def _valkey():
    """Everything that Valkey holds: keys and values, of queues as well."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    return " ".join(f"{key!r} {read[client.type(key)](key)!r}" for key in client.scan_iter())


def _var():
    """Every file of var/ but PostgreSQL's own."""
    files = [path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file() and "pg" not in path.parts]
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


def test_every_table_with_personal_data_is_searched_or_named_as_one_without_a_person():
    user = UserFactory()
    unsearched = {model._meta.label for model in tables() if subjects.rows_of(model, user) is None}
    assert unsearched - NOT_BY_PERSON == {
        model._meta.label
        for model in tables()
        if model._meta.label in unsearched and datamap.about(model) == datamap.MEMBERS
    }


def test_the_trail_says_no_longer_from_where_the_person_came():
    user, source = UserFactory(), Source(address="203.0.113.9")
    audit.record("user.seen", audit.end_user(user, source), user.customer, user)
    audit.record("user.seen", audit.stranger(source), user.customer, user)
    assert audit.AuditRecord.objects.exclude(address_hash="").count() == 2

    people.request_erasure(user, audit.SYSTEM)
    assert privacy.erase_due() == 1

    assert not audit.AuditRecord.objects.exclude(address_hash="", network="").exists()


def test_what_is_left_undoes_the_erasure(monkeypatch):
    user = UserFactory()
    mfa.begin(user.customer, method="email_code", user=user, by=audit.SYSTEM)
    people.request_erasure(user, audit.SYSTEM)
    monkeypatch.setattr(removing, "_empty", lambda _rows: None)

    assert privacy.erase_due() == 0
    assert User.objects.filter(pk=user.pk).exists()
    assert Message.objects.filter(user=user).exists()

    monkeypatch.undo()
    assert privacy.erase_due() == 1
