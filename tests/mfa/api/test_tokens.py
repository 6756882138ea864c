"""Who may call the native API: tokens, what they were made for, how often, and that nothing tells them apart."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import SYSTEM
from accounts.models import ApiToken, AuditRecord, Customer
from accounts.scopes import Scope
from accounts.verbs import tokens
from accounts.verbs.testing import test_customer as universe
from tests.factories import CustomerFactory, MembershipFactory, SiteFactory, StaffFactory, UserFactory
from tests.mfa.api.client import program

pytestmark = pytest.mark.django_db


@pytest.mark.product("api-3")
def test_a_token_opens_what_it_was_made_for_and_nothing_else():
    one = program(Scope.USERS_READ)

    assert one.get("users") == {"data": [], "next": None}
    refused = one.post("users", {"username": "nora"})
    assert (one.status, refused["code"], refused["scope"]) == (403, "forbidden", "users:write")
    assert one.get("messages")["code"] == "forbidden"


@pytest.mark.product("api-3")
def test_only_a_keyed_hash_of_a_token_is_kept():
    one = program()
    row = ApiToken.objects.get()

    assert one.text not in repr(vars(row))
    assert one.text[8:] not in repr(vars(row))
    assert row.ending == one.text[-4:]


@pytest.mark.promise("S31")
@pytest.mark.product("api-3")
def test_whatever_is_wrong_with_a_token_is_answered_alike(django_assert_num_queries):
    good = program()
    revoked, ended, stopped, archived = (program() for _ in range(4))
    tokens.revoke_token(revoked.token, SYSTEM)
    ApiToken.objects.filter(pk=ended.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Customer.objects.filter(pk=stopped.customer.pk).update(keys_stopped_at=timezone.now())
    site = SiteFactory(customer=archived.customer, archived_at=timezone.now())
    ApiToken.objects.filter(pk=archived.token.pk).update(site=site)
    said = set()
    for text in ("", "kq_live_", good.text[:-1] + "x", *(one.text for one in (revoked, ended, stopped, archived))):
        with django_assert_num_queries(1):
            answer = Client(headers={"Authorization": f"Bearer {text}"}).get("/api/v1/users")
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
        said.add((answer.status_code, answer.json()["detail"]))
    assert said == {(401, "No token that works was shown.")}
    assert good.get("users")["data"] == []


def test_a_call_without_a_token_or_with_a_cookie_is_nobodys():
    browser = Client()
    browser.force_login(MembershipFactory().user)

    assert browser.get("/api/v1/users").status_code == 401
    assert Client(headers={"Authorization": "Basic a3E6a3E="}).get("/api/v1/users").status_code == 401


def test_a_suspended_account_is_told_so():
    one = program()
    Customer.objects.filter(pk=one.customer.pk).update(suspended_at=timezone.now())

    assert (one.get("users")["code"], one.status) == ("suspended", 403)


def test_a_token_that_calls_too_often_waits(settings):
    settings.API_TOKEN_MINUTE = 3
    one, other = program(), program()
    for _ in range(3):
        one.get("users")
    said = one.get("users")

    assert (one.status, said["code"]) == (429, "limited")
    assert 0 < int(one.answer["Retry-After"]) <= 120
    assert said["retry_after"] == int(one.answer["Retry-After"])
    assert other.get("users")["data"] == []


def test_guessing_tokens_is_slowed_down():
    answers = [Client(headers={"Authorization": "Bearer kq_live_x"}).get("/api/v1/users") for _ in range(62)]

    assert [answer.status_code for answer in (answers[0], answers[59], answers[61])] == [401, 401, 429]


@pytest.mark.product("api-3")
def test_the_last_use_is_summed_and_never_written_by_a_call(django_assert_num_queries):
    one = program()
    with django_assert_num_queries(2):  # the token, and the users
        one.get("users")
    assert ApiToken.objects.get().last_used_at is None

    tokens.sum_uses()

    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.promise("S10")
def test_another_customers_things_are_not_found():
    theirs = UserFactory()
    one = program()

    for method, path in (
        ("GET", f"users/{theirs.public_id}"),
        ("PATCH", f"users/{theirs.public_id}"),
        ("DELETE", f"users/{theirs.public_id}"),
        ("POST", f"users/{theirs.public_id}/disable"),
        ("GET", f"users/{theirs.public_id}/authenticators"),
        ("DELETE", f"users/{theirs.public_id}/authenticators"),
        ("POST", f"users/{theirs.public_id}/bypass-codes"),
    ):
        assert one.call(method, path, {"reason": "x"})["code"] == "not_found"
        assert one.status == 404
    theirs.refresh_from_db()
    assert theirs.is_active


@pytest.mark.promise("S10")
def test_members_and_staff_are_unknown_whatever_the_key():
    staff = StaffFactory()
    one = program(customer=staff.customer)
    colleague = MembershipFactory(user__customer=staff.customer).user

    for person in (staff, colleague):
        assert one.get(f"users/{person.public_id}")["code"] == "not_found"
        assert one.get(f"users?username={person.username}")["data"] == []
        assert one.post("transactions", {"username": person.username})["reason"] == "unknown_user"
    assert one.get("users")["data"] == []


def test_making_and_revoking_leave_records_without_the_token():
    one = program()
    tokens.revoke_token(one.token, SYSTEM)

    made, revoked = AuditRecord.objects.filter(action__startswith="token.").order_by("id")
    assert (made.action, revoked.action) == ("token.made", "token.revoked")
    assert one.text not in repr([vars(made), vars(revoked)])


def test_an_act_of_a_programs_is_recorded_as_the_tokens():
    one = program()
    one.post("users", {"username": "nora@nordvik.example"})

    record = AuditRecord.objects.get(action="user.created")
    assert (record.actor_kind, record.actor_id) == ("token", one.token.pk)


@pytest.mark.product("api-7")
def test_test_mode_has_tokens_of_its_own_and_ends_with_its_customer():
    live = program()
    test = program(customer=universe(live.customer, SYSTEM))
    live.post("users", {"username": "nora"})

    assert test.text.startswith("kq_test_")
    assert live.text.startswith("kq_live_")
    assert test.get("users")["data"] == []
    Customer.objects.filter(pk=live.customer.pk).update(keys_stopped_at=timezone.now())
    test.get("users")
    assert test.status == 401


def test_a_customer_has_one_universe_for_trying_out():
    customer = CustomerFactory()

    assert universe(customer, SYSTEM) == universe(customer, SYSTEM)
    assert AuditRecord.objects.filter(action="customer.test_mode_made").count() == 1


def test_a_token_needs_a_scope_that_exists():
    for wrong in ((), ("everything",)):
        with pytest.raises(ValueError, match=r"scope|everything"):
            tokens.make_token(CustomerFactory(), "x", wrong, SYSTEM)
