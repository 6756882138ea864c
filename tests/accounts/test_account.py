"""A person's own account: what they change themselves, and who is told."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import audit, links
from accounts.models import AuditRecord, Link, Message, Session
from accounts.verbs import addresses
from tests.factories import PASSWORD, StaffFactory, member

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"


def signed_in(user, **more):
    client = Client(**more)
    client.post("/sign-in/", {"email": user.username, "password": PASSWORD})
    return client


@pytest.fixture
def user():
    return member()


@pytest.fixture
def client(user):
    return signed_in(user)


def test_every_page_needs_a_session():
    for path in ("", "password/", "email/"):
        response = Client().get(f"/dashboard/account/{path}")
        assert response["Location"].startswith("/sign-in/?next="), path
    for path in ("sessions/end/", "sessions/x/end/"):
        assert Client().post(f"/dashboard/account/{path}")["Location"].startswith("/sign-in/"), path


def test_name_phone_and_language_are_changed_and_recorded(client, user):
    given = {"first_name": "Ingrid", "last_name": "Solbakken", "phone": "400 00 000", "language": "nb"}

    response = client.post("/dashboard/account/", given)

    assert response["Location"] == "/dashboard/account/"
    assert response.cookies["language"].value == "nb"
    user.refresh_from_db()
    assert (user.get_full_name(), str(user.phone), user.language) == ("Ingrid Solbakken", "+4740000000", "nb")
    record = AuditRecord.objects.get(action="user.updated", person=user.pk)
    assert "Ingrid" not in str(record.facts)
    assert "Ingrid" in audit.unseal(user.pk, record.sealed)


def test_the_confirmation_is_sent_again_from_the_page(client, user):
    assert "/dashboard/confirm/" not in client.get("/dashboard/account/").content.decode()
    user.email_confirmed_at = None
    user.save()

    assert 'action="/dashboard/confirm/"' in client.get("/dashboard/account/").content.decode()
    client.post("/dashboard/confirm/")

    assert Message.objects.get(kind="accounts.confirm_email").to == user.email


def test_nothing_typed_is_lost_when_a_number_is_wrong(client):
    response = client.post("/dashboard/account/", {"first_name": "Ingrid", "phone": "12", "language": "en"})

    page = response.content.decode()
    assert 'value="Ingrid"' in page
    assert 'value="12"' in page


@pytest.mark.parametrize("language", ["", "xx", "no"])
def test_only_languages_that_we_have_are_taken(client, language):
    assert client.post("/dashboard/account/", {"language": language}).context["form"].errors["language"]


def test_a_password_is_changed_by_who_knows_the_old_one(client, user):
    elsewhere = signed_in(user)

    response = client.post("/dashboard/account/password/", {"current": PASSWORD, "password": NEW})

    assert response["Location"] == "/dashboard/account/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get("/dashboard/account/").status_code == 200
    assert elsewhere.get("/dashboard/account/").status_code == 302
    assert Session.objects.filter(user=user).count() == 1
    assert Message.objects.get(kind="accounts.password_changed").to == user.email


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [("wrong", NEW, "current"), (PASSWORD, "short", "password"), ("", NEW, "current"), (PASSWORD, "", "password")],
)
def test_a_password_stays_when_something_is_wrong(client, user, current, password, field):
    response = client.post("/dashboard/account/password/", {"current": current, "password": password})

    assert response.context["form"].errors[field]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_another_password_change_ends_the_reset_links_that_were_mailed(client, user):
    Client().post("/forgotten/", {"email": user.username})

    client.post("/dashboard/account/password/", {"current": PASSWORD, "password": NEW})

    assert not links.is_open(Link.objects.get(purpose="reset_password"))


# The address


def ask(client, email):
    return client.post("/dashboard/account/email/", {"email": email})


@pytest.mark.product("customer-5")
def test_a_new_address_is_proven_by_its_own_mailbox(client, user):
    old = user.email
    elsewhere = signed_in(user)

    assert ask(client, "new@kumquat.example").status_code == 200

    user.refresh_from_db()
    assert user.email == old
    link = Link.objects.get(purpose="change_email")
    assert {(m.kind, m.to) for m in Message.objects.all()} == {
        ("accounts.change_email", "new@kumquat.example"),
        ("accounts.email_change_asked", old),
    }
    other_browser = Client()
    other_browser.get(f"/l/{links.token(link)}")
    assert other_browser.get("/l/").status_code == 200
    user.refresh_from_db()
    assert user.email == old

    response = other_browser.post("/l/", follow=True)

    assert "new@kumquat.example" in response.content.decode()
    user.refresh_from_db()
    assert (user.username, user.email, user.canonical_email) == ("new@kumquat.example",) * 3
    assert user.email_confirmed_at is not None
    told = set(Message.objects.filter(kind="accounts.email_changed").values_list("to_masked", flat=True))
    assert len(told) == 2
    assert elsewhere.get("/dashboard/").status_code == client.get("/dashboard/").status_code == 302
    assert signed_in(user).get("/dashboard/account/").status_code == 200


def test_an_address_of_somebody_else_gets_the_same_answer_and_no_link(client, user):
    other = member()

    free = ask(client, "new@kumquat.example")
    Message.objects.all().delete()
    taken = ask(client, other.username)

    assert page_of(free, "new@kumquat.example") == page_of(taken, other.username)
    assert {(m.kind, m.to) for m in Message.objects.all()} == {
        ("accounts.already_registered", other.email),
        ("accounts.email_change_asked", user.email),
    }


def page_of(response, email):
    return re.sub(r'value="[^"]{64}"', "", response.content.decode()).replace(email, "")


def test_an_address_taken_meanwhile_changes_nothing(client, user):
    old = user.email
    ask(client, "new@kumquat.example")
    link = Link.objects.get(purpose="change_email")
    other = member()
    other.username = other.email = "new@kumquat.example"
    other.save()

    client.get(f"/l/{links.token(link)}")
    response = client.post("/l/", follow=True)

    assert "account of its own" in response.content.decode()
    user.refresh_from_db()
    assert user.email == old


def test_the_link_to_an_earlier_address_dies_with_a_newer_request(client):
    ask(client, "first@kumquat.example")
    first = Link.objects.get(purpose="change_email")
    ask(client, "second@kumquat.example")

    assert not links.is_open(first)
    assert addresses.change(first, by=audit.SYSTEM) is addresses.Moved.OVER


@pytest.mark.parametrize("email", ["", "no", "a b@kumquat.example"])
def test_what_is_no_address_is_refused(client, email):
    assert ask(client, email).context["form"].errors["email"]


def test_the_address_one_has_is_no_change(client, user):
    assert ask(client, user.email.upper()).context["form"].errors["email"]


@pytest.mark.requirement("R-64")
def test_changing_the_address_asks_for_fresh_proof(client, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    assert ask(client, "new@kumquat.example")["Location"].startswith("/confirm/?next=")
    assert not Message.objects.exists()


def test_five_changes_an_hour_are_enough(client, time_machine):
    time_machine.move_to(timezone.now().replace(minute=1), tick=False)
    for number in range(5):
        ask(client, f"new{number}@kumquat.example")

    assert ask(client, "new@kumquat.example").status_code == 429


# Sessions


def test_sessions_are_listed_with_browser_and_none_of_their_keys(client, user):
    signed_in(user, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")

    page = client.get("/dashboard/account/").content.decode()

    assert "Firefox, Windows" in page
    assert "This browser" in page
    for session in Session.objects.filter(user=user):
        assert session.session_key not in page


def test_one_session_is_ended(client, user):
    elsewhere = signed_in(user)
    theirs = Session.objects.filter(user=user).latest("created_at")

    assert client.post(f"/dashboard/account/sessions/{theirs.public_id}/end/").status_code == 302

    assert elsewhere.get("/dashboard/").status_code == 302
    assert client.get("/dashboard/account/").status_code == 200


def test_a_session_of_somebody_else_cannot_be_ended(client):
    other = member()
    signed_in(other)
    theirs = Session.objects.get(user=other)

    assert client.post(f"/dashboard/account/sessions/{theirs.public_id}/end/").status_code == 404
    assert Session.objects.filter(user=other).exists()


def test_ending_the_session_one_is_in_signs_out(client, user):
    own = Session.objects.get(user=user)

    assert client.post(f"/dashboard/account/sessions/{own.public_id}/end/")["Location"] == "/sign-in/"
    assert client.get("/dashboard/").status_code == 302


def test_all_other_sessions_are_ended(client, user):
    others = [signed_in(user), signed_in(user)]

    client.post("/dashboard/account/sessions/end/")

    assert Session.objects.filter(user=user).count() == 1
    assert client.get("/dashboard/account/").status_code == 200
    assert all(other.get("/dashboard/").status_code == 302 for other in others)
    assert AuditRecord.objects.filter(action="member.sessions_ended", facts={"sessions": 2}).exists()


def test_staff_who_are_no_member_have_the_pages_too():
    client = signed_in(StaffFactory())

    for path in ("", "password/", "email/"):
        assert client.get(f"/dashboard/account/{path}").status_code == 200, path
