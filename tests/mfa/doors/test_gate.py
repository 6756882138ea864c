"""Limits at the door: counted before any hash, alike for everybody, and no weapon against a member."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts import backends
from tests.factories import member
from tests.mfa.doors.help import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_window(time_machine):
    """The clock stands in the middle of every window that limits count by."""
    time_machine.move_to(datetime(2026, 11, 24, 12, 4, tzinfo=UTC), tick=True)


@pytest.fixture
def quick_refusal(monkeypatch):
    """A wrong password costs no hash, so that a test can try hundreds."""
    real = backends.check_password
    monkeypatch.setattr(backends, "make_password", lambda password: "")
    monkeypatch.setattr(backends, "check_password", lambda typed, kept: typed != "wrong" and real(typed, kept))


def test_ten_tries_at_an_address_from_one_network_are_enough(client, one_window):
    user = member()
    for _ in range(10):
        client.post("/sign-in/", {"email": user.username, "password": "wrong"})

    response = sign_in(client, user)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 600
    assert "Wait" in response.content.decode()


@pytest.mark.promise("S21")
def test_the_limit_is_counted_alike_for_addresses_nobody_has(client, one_window):
    for _ in range(10):
        client.post("/sign-in/", {"email": "nobody@kumquat.example", "password": "wrong"})

    assert client.post("/sign-in/", {"email": "nobody@kumquat.example", "password": "x"}).status_code == 429


def test_no_hash_is_computed_once_the_limit_is_met(client, one_window, monkeypatch):
    user = member()
    for _ in range(10):
        client.post("/sign-in/", {"email": user.username, "password": "wrong"})
    monkeypatch.setattr("accounts.backends.check_password", lambda *given: pytest.fail("hashed"))
    monkeypatch.setattr("accounts.backends.make_password", lambda *given: pytest.fail("hashed"))

    assert sign_in(client, user).status_code == 429


def test_one_network_cannot_try_many_addresses(client, one_window, quick_refusal):
    for number in range(60):
        client.post("/sign-in/", {"email": f"no{number}@kumquat.example", "password": "wrong"})

    assert sign_in(client, member()).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), member()).status_code == 302


@pytest.mark.promise("S20")
def test_a_stranger_cannot_lock_out_a_browser_that_signed_in_before(client, one_window, quick_refusal):
    user = member()
    sign_in(client, user)
    client.post("/sign-out/")
    for number in range(101):
        Client(REMOTE_ADDR=f"198.51.{number}.1").post("/sign-in/", {"email": user.username, "password": "wrong"})

    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), user).status_code == 429
    assert sign_in(client, user).status_code == 302


@pytest.mark.promise("S20")
def test_a_known_browser_is_known_for_its_own_member_only(client, one_window):
    user, other = member(), member()
    sign_in(client, user)
    client.post("/sign-out/")
    for _ in range(10):
        client.post("/sign-in/", {"email": other.username, "password": "wrong"})

    assert sign_in(client, other).status_code == 429
