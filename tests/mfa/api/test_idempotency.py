"""Idempotency-Key: made once, answered alike, never for another call, never two at once."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts import retention
from accounts.models import IdempotencyKey, Message, User
from mfa.models import Transaction
from tests.factories import UserFactory
from tests.mfa.api.client import program

KEY = {"Idempotency-Key": "4f1d-one"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return program()


@pytest.mark.product("api-4")
def test_the_same_call_is_made_once_and_answered_alike(one):
    user = UserFactory(customer=one.customer)
    body = {"user": user.public_id, "method": "email_code"}

    first = one.post("transactions", body, **KEY)
    again = one.post("transactions", body, **KEY)

    assert first == again
    assert (one.status, one.answer["Idempotent-Replayed"]) == (201, "true")
    assert Transaction.objects.count() == Message.objects.count() == 1


def test_the_key_for_another_call_is_refused(one):
    one.post("users", {"username": "nora"}, **KEY)

    assert one.post("users", {"username": "tuva"}, **KEY)["code"] == "key_reused"
    assert one.post("groups", {"name": "nora"}, **KEY)["code"] == "key_reused"
    assert one.status == 422
    assert User.objects.filter(customer=one.customer).count() == 1


def test_what_was_refused_is_judged_anew(one):
    assert one.post("users", {"username": "nora", "email": "no address"}, **KEY)["code"] == "not_usable"
    assert one.post("users", {"username": "nora"}, **KEY)["username"] == "nora"


def test_keys_are_each_tokens_own(one):
    other = program(customer=one.customer)
    one.post("users", {"username": "nora"}, **KEY)

    assert other.post("users", {"username": "tuva"}, **KEY)["username"] == "tuva"


def test_what_is_shown_once_is_encrypted_where_it_is_kept(one):
    user = UserFactory(customer=one.customer)
    path = f"users/{user.public_id}/bypass-codes"
    code = one.post(path, {"reason": "lost phone"}, **KEY)["code"]

    assert one.post(path, {"reason": "lost phone"}, **KEY)["code"] == code
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM accounts_idempotencykey")
        assert code not in cursor.fetchone()[0]


def test_after_a_day_a_key_is_forgotten(one):
    one.post("users", {"username": "nora"}, **KEY)
    retention.forget(timezone.now() + timezone.timedelta(hours=25))

    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "nørd"])
def test_a_key_is_printable_ascii(one, key):
    one.answer = one.client.post("/api/v1/users", '{"username": "nora"}', "application/json", HTTP_IDEMPOTENCY_KEY=key)

    assert (one.status, one.answer.json()["code"]) == (400, "not_usable")
    assert not User.objects.filter(customer=one.customer).exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.product("api-4")
def test_of_many_at_once_one_acts(one):
    answers = []

    def call() -> None:
        mine = program.__globals__["Program"].__new__(program.__globals__["Program"])
        mine.client, mine.customer = type(one.client)(headers={"Authorization": f"Bearer {one.text}"}), one.customer
        mine.post("users", {"username": "nora"}, **KEY)
        answers.append(mine.status)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert User.objects.filter(customer=one.customer).count() == 1
