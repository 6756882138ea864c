"""Users, groups, methods, help, policies, messages and events by the native API."""

import json

import pytest

from accounts.models import AuditRecord, ErasureRequest, GroupMember, Link, Message, User
from accounts.scopes import Scope
from accounts.webhooks import events
from mfa.models import Authenticator, Policy
from tests.factories import AuthenticatorFactory, UserFactory
from tests.mfa.api.client import program

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return program()


@pytest.fixture
def nora(one):
    return AuthenticatorFactory(user__customer=one.customer, user__username="nora@nordvik.example").user


@pytest.mark.product("api-2")
def test_a_user_is_made_read_changed_kept_out_and_given_over_to_erasure(one):
    made = one.post("users", {"username": "Nora@nordvik.example", "phone": "91 23 45 67", "language": "nb"})
    assert (one.status, made["phone"], made["state"]) == (201, "+4791234567", "active")
    path = f"users/{made['id']}"
    assert one.call("PATCH", path, {"first_name": "Nora"})["first_name"] == "Nora"
    assert one.post(f"{path}/disable")["state"] == one.get(path)["state"] == "disabled"
    assert one.post(f"{path}/disable")["state"] == "disabled"
    assert one.post(f"{path}/enable")["state"] == "active"
    assert AuditRecord.objects.filter(action="user.disabled").count() == 1

    one.call("DELETE", path)

    assert one.status == 204
    assert ErasureRequest.objects.count() == 1
    assert one.get(path)["code"] == "not_found"
    again = one.post("users", {"username": "nora@nordvik.example"})
    assert (one.status, again["reason"]) == (409, "erased_before")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a\u202eb"}, "username"),
        ({"username": 7}, "username"),
        ({"username": "x", "email": "no address"}, "email"),
        ({"username": "x", "phone": "12"}, "phone"),
        ({"username": "x", "language": "xx"}, "language"),
        ({"username": "x", "first_name": "a\nb"}, "first_name"),
    ],
)
def test_what_cannot_be_a_user_is_named_by_field(one, body, field):
    said = one.post("users", body)

    assert (one.status, said["code"]) == (400, "not_usable")
    assert field in [error["field"] for error in said["errors"]]


def test_a_name_is_taken_in_every_spelling(one, nora):
    assert one.post("users", {"username": " NORA@nordvik.example"})["reason"] == "name_taken"
    assert one.get("users?username=NORA@NORDVIK.EXAMPLE")["data"][0]["id"] == nora.public_id
    assert one.get("users?search=nora")["data"][0]["id"] == nora.public_id
    assert one.get("users?search=tuva")["data"] == []


@pytest.mark.product("api-2")
def test_groups_have_names_an_order_and_members(one, nora):
    first, second = one.post("groups", {"name": "Editors"}), one.post("groups", {"name": "Owners"})
    assert one.post("groups", {"name": "editors"})["reason"] == "name_taken"
    assert one.call("PATCH", f"groups/{second['id']}", {"position": 1, "name": "Bosses"})["position"] == 1
    assert one.get(f"groups/{first['id']}")["position"] == 2

    one.post(f"groups/{first['id']}/members", {"user": nora.public_id})
    assert one.status == 204
    assert [user["id"] for user in one.get(f"groups/{first['id']}/members")["data"]] == [nora.public_id]
    one.call("DELETE", f"groups/{first['id']}/members/{nora.public_id}")
    assert not GroupMember.objects.exists()
    one.call("DELETE", f"groups/{first['id']}")
    assert [group["name"] for group in one.get("groups")["data"]] == ["Bosses"]


def test_a_strangers_user_comes_into_no_group(one):
    group = one.post("groups", {"name": "Editors"})

    assert one.post(f"groups/{group['id']}/members", {"user": UserFactory().public_id})["code"] == "not_found"


def test_methods_are_listed_without_their_secrets(one, nora):
    listed = one.get(f"users/{nora.public_id}/authenticators")

    assert [(line["method"], line["state"]) for line in listed["data"]] == [("totp", "active")]
    assert Authenticator.objects.get().secret not in json.dumps(listed)


@pytest.mark.product("api-2")
def test_a_method_is_named_suspended_taken_up_and_removed_for_good(one, nora):
    path = f"users/{nora.public_id}/authenticators/{Authenticator.objects.get().public_id}"

    assert one.call("PATCH", path, {"name": "My phone"})["name"] == "My phone"
    assert one.post(f"{path}/suspend")["state"] == "suspended"
    assert one.post("transactions", {"user": nora.public_id, "method": "totp"})["reason"] == "not_enrolled"
    assert one.post(f"{path}/resume")["state"] == "active"
    one.call("DELETE", path)
    assert one.status == 204
    assert one.get(path)["code"] == "not_found"
    assert Message.objects.filter(kind="mfa.factor_changed").count() == 3


def test_all_methods_go_at_once_after_a_lost_phone(one, nora):
    AuthenticatorFactory(user=nora, method="email_code", secret=None)
    one.call("DELETE", f"users/{nora.public_id}/authenticators")

    assert one.status == 204
    assert not Authenticator.objects.exists()


def test_a_bypass_code_lets_in_as_often_as_it_says(one, nora):
    given = one.post(f"users/{nora.public_id}/bypass-codes", {"reason": "lost phone", "uses": 1})
    assert one.status == 201

    begun = one.post("transactions", {"user": nora.public_id, "method": "bypass_code"})
    assert one.post(f"transactions/{begun['id']}/verify", {"response": given["code"]})["verdict"] == "passed"
    assert one.post("transactions", {"user": nora.public_id, "method": "bypass_code"})["code"] == "refused"
    assert one.post(f"users/{nora.public_id}/bypass-codes", {})["errors"][0]["field"] == "reason"


@pytest.mark.product("api-2")
def test_an_enrolment_link_is_in_the_mail_alone(one, nora):
    said = one.post(f"users/{nora.public_id}/enrolment-links")

    assert (one.status, set(said)) == (201, {"sent_to", "expires_at"})
    assert Message.objects.get().link == Link.objects.get()
    User.objects.filter(pk=nora.pk).update(email="")
    assert one.post(f"users/{nora.public_id}/enrolment-links")["reason"] == "no_address"


@pytest.mark.product("api-2")
def test_a_policy_is_published_unless_it_locks_somebody_out_unsaid(one, nora):
    strict = {"rules": {"methods": ["webauthn"], "assurance": "aal2"}}

    said = one.post("policies", strict)

    assert (one.status, said["reason"], said["count"], said["users"]) == (409, "locks_out", 1, [nora.public_id])
    assert not Policy.objects.exists()
    published = one.post("policies", {**strict, "locks_out": 1})
    assert (one.status, published["version"], published["rules"]) == (200, 1, strict["rules"])
    assert one.post("policies", {**strict, "locks_out": 1})["version"] == 1
    assert one.get("policies")["data"][0]["rules"] == strict["rules"]
    rules = {line["rule"]: line for line in one.get("policies/effective")["rules"]}
    assert rules["assurance"]["value"] == "aal2"


@pytest.mark.parametrize(
    "rules", [{"tries": 99}, {"nothing": 1}, {"assurance": 3}, {"assurance": []}, {"methods": [7]}, {"tries": True}]
)
def test_rules_that_cannot_be_are_refused(one, rules):
    assert one.post("policies", {"rules": rules})["code"] == "not_usable"
    assert not Policy.objects.exists()


@pytest.mark.product("api-2")
def test_events_are_what_the_trail_holds_for_sites_and_nothing_else(one, nora):
    one.post("transactions", {"user": nora.public_id, "method": "totp"})
    begun = one.get("transactions")["data"][0]
    one.post(f"transactions/{begun['id']}/verify", {"response": "000000"})
    AuditRecord.objects.create(customer=one.customer, actor_kind="member", action="team.invited")

    listed = one.get("events")["data"]

    assert [event["type"] for event in listed] == ["authentication.failed"]
    data = listed[0]["data"]
    assert (data["user"]["id"], data["transaction"], data["by"]) == (nora.public_id, begun["id"], "token")
    assert data["facts"] == {"method": "totp", "purpose": "sign_in"}
    assert one.get("events?type=user.created")["data"] == []
    assert program().get("events")["data"] == []


@pytest.mark.product("hook-4")
def test_every_event_is_a_view_of_an_action_that_pages_can_name():
    from accounts.console import registry

    assert set(events.EVENTS) <= set(registry.ACTIONS)
    assert len({event.name for event in events.EVENTS.values()}) == len(events.EVENTS)


@pytest.mark.product("api-2")
def test_a_message_is_read_masked(one, nora):
    one.post(f"users/{nora.public_id}/enrolment-links")
    listed = one.get(f"messages?user={nora.public_id}")["data"]

    assert one.get(f"messages/{listed[0]['id']}") == listed[0]
    assert "nora@" not in json.dumps(listed)


@pytest.mark.product("api-1")
def test_the_reference_shows_every_call_and_finds_them(client):
    page = client.get("/api/v1/docs/").content.decode()
    for path in ("/api/v1/transactions", "/api/v1/users/{user_id}/bypass-codes", "/api/v1/events"):
        assert path in page
    assert "problem-key_reused" in page
    assert "Give a code that lets the user in" in client.get("/api/v1/docs/help/").content.decode()
    found = client.get("/api/v1/docs/?q=older open one").content.decode()
    assert "begin_transaction" in found
    assert client.get("/api/v1/docs/nothing/").status_code == 404
    for address in ("/api/v1/docs/", "/api/v1/docs/users/", "/api/v1/docs/transactions/"):
        body = client.get(address).content
        assert len(body) < 60_000
        assert b" style=" not in body
        assert b"https://" not in body.replace(b"https://kumquat", b"")


def test_an_unknown_address_of_the_api_is_a_problem_too(client):
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_method_that_an_address_does_not_take_says_which_it_takes():
    one = program(Scope.USERS_READ)

    assert one.call("PUT", "users", {})["code"] == "method_not_allowed"
    assert "GET" in one.answer["Allow"]
