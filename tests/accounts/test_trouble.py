"""When a part is missing the answer is "later", in the caller's own words, and never a success."""

from threading import Thread

import pytest
from django.contrib.auth.hashers import make_password
from django.db import OperationalError

from accounts import passwords
from accounts import verbs as people
from accounts.audit import SYSTEM
from mfa import verbs
from tests.accounts.console.cast import desk
from tests.factories import ApiKeyFactory, StaffFactory
from tests.mfa.compat.plugin import Plugin
from tests.routes.world import browser


@pytest.fixture
def patient(client):
    client.raise_request_exception = False
    return client


@pytest.mark.promise("R5")
@pytest.mark.django_db
def test_a_site_is_told_to_come_back_while_the_database_is_away(monkeypatch):
    plugin = Plugin.of(ApiKeyFactory())
    plugin.client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(verbs, "verify", away)
    reply = plugin.post("api/auth/validate", txId="x", token="123456")

    assert (reply["status"], plugin.answer.status_code) == ("ERROR", 503)
    assert plugin.answer["Retry-After"] == "5"


@pytest.mark.django_db
def test_a_person_sees_a_page_that_needs_no_database(patient, monkeypatch):
    monkeypatch.setattr("accounts.views.legal.current", lambda *args: (_ for _ in ()).throw(OperationalError("gone")))
    response = patient.get("/terms/")

    assert response.status_code == 503
    assert b"<h1" in response.content


@pytest.mark.promise("S31")
@pytest.mark.django_db
def test_a_fault_of_ours_has_a_reference_and_tells_nothing_else(patient, monkeypatch):
    monkeypatch.setattr("accounts.views.legal.current", lambda *args: 1 / 0)
    response = patient.get("/terms/")

    assert response.status_code == 500
    assert b"ZeroDivision" not in response.content


def test_a_third_slow_hash_at_once_is_refused_and_the_place_is_free_again_after(monkeypatch):
    monkeypatch.setattr(passwords.Argon2Hasher, "patience", 0.01)
    held = [passwords.Argon2Hasher._under_way.acquire() for _ in range(2)]
    refused = []

    def third():
        try:
            make_password("a third one")
        except passwords.Busy:
            refused.append(True)

    thread = Thread(target=third)
    thread.start()
    thread.join()
    for _ in held:
        passwords.Argon2Hasher._under_way.release()

    assert refused == [True]
    assert make_password("a third one").startswith("argon2")


@pytest.mark.promise("S27")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/receipts/a%00/",
        "/agreements/a%00/",
        "/dashboard/users/a%00/",
        "/dashboard/policies/scope/?site=a%00",
        "/dashboard/users/delete/?user=a%00",
    ],
)
def test_what_no_column_can_hold_is_the_callers_fault(path):
    assert desk().get(path).status_code == 400


@pytest.mark.promise("S27")
@pytest.mark.django_db
def test_nor_is_what_no_id_can_be_our_fault_on_the_staffs_pages():
    assert browser(StaffFactory(), verified=True).get("/staff/r/1/1/").status_code == 400


@pytest.mark.promise("S27")
@pytest.mark.django_db
def test_nor_does_a_form_that_holds_such_a_thing_write_anything():
    member = desk()
    group = people.add_group(member.customer, "Editors", SYSTEM)

    assert member.post(f"/dashboard/groups/{group.public_id}/fill/", {"user": "a\0"}).status_code == 400
    assert not group.members.exists()
