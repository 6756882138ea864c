"""Encryption at rest: bound to its row, readable across rotations, and never equal to nothing."""

import base64
import secrets

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection

from accounts import crypto
from accounts.models import ApiKey
from accounts.reencrypting import fields, reencrypt
from tests.factories import ApiKeyFactory


def fresh_key(name):
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


@pytest.fixture
def keys(settings):
    """Sets the root keys, newest first, for one test."""

    def use(*entries):
        settings.ENCRYPTION_KEYS = list(entries)
        forget()

    def forget():
        crypto._roots.cache_clear()
        crypto.derive.cache_clear()
        crypto._fernet.cache_clear()

    yield use
    forget()


@pytest.mark.promise("S31")
@pytest.mark.parametrize("nothing", ["", b""], ids=["text", "bytes"])
def test_nothing_equals_a_missing_secret(nothing):
    assert not crypto.same(nothing, nothing)
    assert crypto.same("a", b"a")


def test_three_generations_of_keys_stay_readable_and_the_newest_writes(keys):
    first, second, third = fresh_key("k1"), fresh_key("k2"), fresh_key("k3")
    keys(first)
    oldest = crypto.encrypt("words", "place")
    keys(third, second, first)

    assert crypto.decrypt(oldest, "place") == "words"
    assert crypto.newest_key_id() == "k3"
    newest = crypto.encrypt("words", "place")
    keys(second, first)
    with pytest.raises(InvalidToken):
        crypto.decrypt(newest, "place")


def test_a_keyed_hash_compares_equal_after_a_rotation(keys):
    first = fresh_key("k1")
    keys(first)
    before = crypto.keyed_hash("address", "nora@site.example")
    keys(fresh_key("k2"), first)

    assert crypto.keyed_hash("address", "nora@site.example") == before


def test_parts_cannot_run_into_one_another():
    assert crypto.mac("x", "ab", "c") != crypto.mac("x", "a", "bc")
    assert crypto.mac("x", "a") != crypto.mac("y", "a")


@pytest.mark.promise("S6")
@pytest.mark.django_db
def test_a_copied_cell_does_not_open_in_another_row():
    one, other = ApiKeyFactory.create_batch(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_apikey WHERE id = %s", [one.pk])
        stored = cursor.fetchone()[0]
        cursor.execute("UPDATE accounts_apikey SET secret = %s WHERE id = %s", [stored, other.pk])

    assert one.secret not in stored
    assert ApiKey.objects.get(pk=one.pk).secret == one.secret
    with pytest.raises(ValueError, match="does not belong"):
        _ = ApiKey.objects.get(pk=other.pk).secret


def test_an_unknown_key_is_named():
    with pytest.raises(crypto.UnknownKey):
        crypto.derive("code", "k999")


@pytest.mark.django_db
def test_every_encrypted_field_comes_under_the_newest_key_and_a_second_run_changes_nothing(keys):
    first, second = fresh_key("k1"), fresh_key("k2")
    keys(first)
    one = ApiKeyFactory()
    secret = one.secret
    keys(second, first)

    changed = {f"{model.__name__}.{field.name}": reencrypt(model, field) for model, field in fields()}

    assert changed["ApiKey.secret"] == 1
    assert changed["Customer.token_key"] == 1
    assert not any(reencrypt(model, field) for model, field in fields())
    keys(second)
    assert ApiKey.objects.get(pk=one.pk).secret == secret
