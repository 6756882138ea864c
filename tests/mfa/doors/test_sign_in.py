"""Signing in and out: one answer for strangers, a second step that cannot be skipped."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditRecord, Session
from accounts.verbs.customers import operator
from rba import switches
from tests.factories import (
    PASSWORD,
    AuthenticatorFactory,
    MembershipFactory,
    OperatorUserFactory,
    UserFactory,
    member,
)
from tests.mfa.doors.help import body_of, code_of, sign_in, statements

pytestmark = pytest.mark.django_db


def test_a_member_signs_in_with_address_and_password(client):
    user = member()

    response = sign_in(client, user)

    assert response.status_code == 302
    assert response["Location"] == "/dashboard/"
    session = Session.objects.get(user=user)
    assert session.customer_id == user.memberships.get().customer_id
    assert AuditRecord.objects.filter(action="member.signed_in", person=user.pk).exists()


def test_the_address_is_known_in_any_case(client):
    user = member()

    response = client.post("/sign-in/", {"email": user.username.upper(), "password": PASSWORD})

    assert response.status_code == 302


@pytest.mark.promise("S29")
def test_the_session_has_a_new_key_after_each_step(client):
    user = member()
    AuthenticatorFactory(user=user)
    keys = [client.session.session_key]  # an anonymous session

    sign_in(client, user)
    keys.append(client.cookies["session"].value)
    client.post("/sign-in/code/", {"code": code_of(user.authenticator_set.get())})
    keys.append(client.cookies["session"].value)

    assert len(set(keys)) == 3
    assert Session.objects.count() == 1


@pytest.mark.promise("S21")
def test_known_and_unknown_addresses_get_one_answer_at_one_cost(client):
    user = member()
    wrong = "not the password at all"
    switches.features_of(operator().pk)  # read once in ten seconds

    known, first = statements(client, "/sign-in/", {"email": user.username, "password": wrong})
    unknown, second = statements(client, "/sign-in/", {"email": "nobody@kumquat.example", "password": wrong})

    assert known == unknown
    assert first.status_code == second.status_code == 200
    assert body_of(first, user.username) == body_of(second, "nobody@kumquat.example")


@pytest.mark.parametrize("email", ["", "no address", "x" * 300 + "@kumquat.example", "\u202eevil@kumquat.example"])
def test_what_is_no_address_is_told_so(client, email):
    response = client.post("/sign-in/", {"email": email, "password": PASSWORD})

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.promise("S8")
def test_a_second_factor_stands_between_the_password_and_the_session(client):
    user = member()
    factor = AuthenticatorFactory(user=user)

    response = sign_in(client, user, next="/dashboard/sites/")

    assert response["Location"] == "/sign-in/code/?next=%2Fdashboard%2Fsites%2F"
    assert not Session.objects.filter(user=user).exists()
    assert client.get("/dashboard/").status_code == 302

    response = client.post("/sign-in/code/", {"code": code_of(factor), "next": "/dashboard/sites/"})

    assert response["Location"] == "/dashboard/sites/"
    assert client.session["otp_device_id"] == f"mfa.authenticator/{factor.pk}"


@pytest.mark.parametrize("code", ["000000", "", "12345", "１２３４５６", "abcdef"])
def test_a_wrong_code_opens_nothing(client, code):
    user = member()
    AuthenticatorFactory(user=user)
    sign_in(client, user)

    response = client.post("/sign-in/code/", {"code": code})

    assert response.status_code == 200
    assert "not right" in response.content.decode()
    assert not Session.objects.filter(user=user).exists()


@pytest.mark.promise("S5")
def test_a_code_signs_in_once(client):
    user = member()
    code = code_of(AuthenticatorFactory(user=user))
    sign_in(client, user)
    client.post("/sign-in/code/", {"code": code})
    other = Client()
    sign_in(other, user)

    response = other.post("/sign-in/code/", {"code": code})

    assert "used already" in response.content.decode()
    assert Session.objects.filter(user=user).count() == 1


@pytest.mark.promise("S1")
def test_an_authenticator_switched_off_by_wrong_codes_does_not_open_the_door(client):
    user = member()
    factor = AuthenticatorFactory(user=user, off_at="2026-01-01T00:00Z")
    sign_in(client, user)

    response = client.post("/sign-in/code/", {"code": code_of(factor)})

    assert "switched off" in response.content.decode()
    assert not Session.objects.filter(user=user).exists()


@pytest.mark.promise("S8")
def test_the_second_step_needs_the_first(client):
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"


def test_the_half_session_ends_after_ten_minutes(client, time_machine):
    user = member()
    factor = AuthenticatorFactory(user=user)
    sign_in(client, user)
    time_machine.move_to(timezone.now() + timedelta(seconds=601))

    response = client.post("/sign-in/code/", {"code": code_of(factor)})

    assert response["Location"] == "/sign-in/"


def test_the_half_session_ends_when_the_password_changes(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    sign_in(client, user)
    user.set_password("another long one")
    user.save()

    assert client.post("/sign-in/code/", {"code": code_of(factor)})["Location"] == "/sign-in/"


@pytest.mark.promise("S11")
def test_a_disabled_member_is_a_stranger(client):
    user = member()
    user.disabled_at = "2026-01-01T00:00Z"
    user.save()

    assert sign_in(client, user).status_code == 200


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "dashboard/",
        "/no/such/page/",
        "/dashboard/\r\nSet-Cookie: a=b",
        "http:evil.example",
        "/\t/evil.example",
        "",
    ],
)
def test_a_foreign_next_is_dropped(client, foreign):
    response = sign_in(client, member(), next=foreign)

    assert response["Location"] == "/dashboard/"


@pytest.mark.promise("S15")
def test_a_doubled_next_is_dropped(client):
    response = client.post(
        "/sign-in/?next=/dashboard/users/",
        {"email": member().username, "password": PASSWORD, "next": "/dashboard/sites/"},
    )

    assert response["Location"] == "/dashboard/"


def test_signing_out_takes_a_post_and_ends_the_session(client):
    user = member()
    sign_in(client, user)

    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/", follow=True)

    assert "signed out" in response.content.decode()
    assert not Session.objects.filter(user=user).exists()


def test_forms_need_their_token():
    client = Client(enforce_csrf_checks=True)

    for path in ("/sign-in/", "/register/", "/forgotten/", "/sign-out/", "/l/"):
        assert client.post(path, {}).status_code == 403, path


def test_a_member_of_two_customers_starts_in_the_older_one(client):
    user = member()
    first = user.memberships.get().customer_id
    MembershipFactory(user=user)

    sign_in(client, user)

    assert client.session["customer"] == str(first)


@pytest.mark.promise("S10")
def test_end_users_have_no_password_and_no_door(client):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()

    assert sign_in(client, user).status_code == 200
    assert not Session.objects.filter(user=user).exists()


@pytest.mark.promise("S29")
def test_a_session_never_holds_what_was_typed(client):
    user = member()
    AuthenticatorFactory(user=user)
    sign_in(client, user)

    held = str(dict(client.session))

    assert PASSWORD not in held
    assert user.email not in held


def test_a_user_with_a_saved_language_reads_it(client):
    user = OperatorUserFactory(language="nb")

    sign_in(client, user)

    assert client.cookies["language"].value == "nb"
