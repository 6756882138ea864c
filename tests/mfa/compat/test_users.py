"""What the dialect answers about users: made, found, changed, deleted, and who is unknown to it."""

import pytest
from django.utils import timezone

from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import Customer, Membership, User
from mfa import verbs
from mfa.models import Authenticator
from tests.factories import AuthenticatorFactory, StaffFactory, UserFactory, member
from tests.mfa.compat.plugin import Plugin

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-43")
def test_creating_a_user_twice_is_a_success_twice(plugin):
    for _ in range(2):
        assert plugin.post("api/admin/users/create", username="Nora@shop.example")["status"] == "SUCCESS"
    assert User.objects.filter(canonical_username="nora@shop.example").count() == 1


@pytest.mark.promise("S4")
def test_one_person_has_one_spelling(plugin, key):
    UserFactory(customer=key.customer, username="alice@shop.example")

    for spelling in (" alice@shop.example", "ALICE@SHOP.EXAMPLE", "ａlice@shop.example"):
        assert plugin.post("api/admin/users/search", username=spelling)["status"] == "USER_FOUND"


def test_updating_an_unknown_user_makes_one(plugin):
    reply = plugin.post("api/admin/users/update", username="nora@shop.example", phone="4791234567", authType="SMS")

    assert reply["status"] == "SUCCESS"
    got = plugin.post("api/admin/users/get", username="nora@shop.example")
    assert (got["phone"], got["authType"]) == ("+4791234567", "SMS")


@pytest.mark.product("dialect-2")
def test_an_unknown_user_is_answered_to_the_letter(plugin):
    reply = plugin.post("api/admin/users/get", username="who")

    assert (reply["status"], reply["message"]) == ("FAILED", "Invalid username or email.")


def test_null_fields_mean_unchanged(plugin, key):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    plugin.post("api/admin/users/update", username=user.username, phone=None, email=None, authType=None)

    user.refresh_from_db()
    assert str(user.phone) == "+4791234567"


def test_a_method_that_cannot_be_served_falls_back_to_email_and_then_to_none(plugin, key):
    user = UserFactory(customer=key.customer, dialect_method="GOOGLE AUTHENTICATOR")
    bare = UserFactory(customer=key.customer, username="nomail", email="", dialect_method="SMS")

    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"
    assert plugin.post("api/admin/users/get", username=bare.username)["authType"] == "NONE"


def test_a_living_pass_turns_the_method_into_email(plugin, key):
    user = UserFactory(customer=key.customer, dialect_method="GOOGLE AUTHENTICATOR")
    AuthenticatorFactory(user=user)
    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "GOOGLE AUTHENTICATOR"

    verbs.let_in_once(user, timezone.now() + timezone.timedelta(hours=1), "lost", SYSTEM)
    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"


@pytest.mark.requirement("R-58")
def test_deleting_a_user_hides_them_at_once_and_keeps_the_name_from_coming_back(plugin, key):
    user = UserFactory(customer=key.customer)
    assert plugin.post("api/admin/users/delete", username=user.username)["status"] == "SUCCESS"

    assert plugin.post("api/admin/users/search", username=user.username)["status"] == "USER_NOT_FOUND"
    for path in (
        "api/admin/users/create",
        "api/admin/users/update",
        "api/auth/google-auth-secret",
        "api/auth/challenge",
    ):
        reply = plugin.post(path, username=user.username, authType="EMAIL", email=user.email)
        assert (reply["status"], reply["message"]) == (
            "ERROR",
            "This person was erased. A member can allow the name again.",
        ), path


def test_a_disabled_user_is_refused(plugin, key):
    user = UserFactory(customer=key.customer)
    plugin.post("api/admin/users/disable", username=user.username)
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] == "FAILED"
    plugin.post("api/admin/users/enable", username=user.username)
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] == "SUCCESS"


def test_users_are_listed_in_batches_oldest_first(plugin, key):
    users = UserFactory.create_batch(3, customer=key.customer)
    reply = plugin.post("api/admin/users/getall", batchNo=2, batchSize=2)

    assert reply["fetchedCount"] == 1
    assert reply["users"][0]["username"] == users[2].username


@pytest.mark.requirement("R-35")
@pytest.mark.promise("S10")
@pytest.mark.parametrize("make", [StaffFactory, member])
def test_members_and_staff_are_unknown_to_every_key_the_operators_own_included(make):
    from accounts.verbs.customers import operator

    person = make()
    site = people.add_site(operator(), "own.example", "", SYSTEM)
    own = Plugin.of(site.api_keys.get())

    assert own.post("api/admin/users/search", username=person.username)["status"] == "USER_NOT_FOUND"
    assert own.post("api/admin/users/update", username=person.username, phone="+4791234567")["status"] == "ERROR"
    assert own.post("api/auth/google-auth-secret", username=person.username)["status"] == "ERROR"
    assert not Authenticator.objects.filter(user=person).exists()
    assert Membership.objects.filter(user=person).count() <= 1


def test_what_php_says_for_nothing_is_nothing(plugin, key):
    user = UserFactory(customer=key.customer)
    body = {"username": user.username, "authType": "GOOGLE AUTHENTICATOR", "txId": False, "token": "1"}
    reply = plugin.post("api/auth/validate", body=body)

    assert reply["message"] == "Invalid OTP provided. Please try again."


def test_characters_that_cannot_be_seen_get_into_no_name(plugin):
    for bad in ("a\r\nBcc: x", "a\u202eb", "a\u0007b"):
        assert plugin.post("api/admin/users/create", username="x@y.example", firstName=bad)["status"] == "ERROR"
    assert not User.objects.filter(username="x@y.example").exists()


def test_a_suspended_customers_site_can_do_nothing(plugin, key):
    Customer.objects.filter(pk=key.customer_id).update(suspended_at=timezone.now())

    assert plugin.post("api/admin/users/create", username="x@y.example")["status"] == "ERROR"
    assert not User.objects.filter(username="x@y.example").exists()


def test_a_retried_update_is_harmless_and_a_retried_creation_refused(plugin):
    headers = plugin.headers()
    body = {"username": "nora@shop.example", "phone": "+4791234567"}
    again = [plugin.post("api/admin/users/update", body=body, headers=headers)["status"] for _ in range(2)]
    headers = plugin.headers()
    made = [plugin.post("api/admin/users/create", body={"username": "b"}, headers=headers)["status"] for _ in range(2)]

    assert again == ["SUCCESS", "SUCCESS"]
    assert made == ["SUCCESS", "ERROR"]
