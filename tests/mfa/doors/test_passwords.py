"""Forgotten passwords and fresh proof: no hint for strangers, no way round the second factor."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import clock
from accounts.messages.kinds import KINDS, Withdrawn
from accounts.models import AuditRecord, Link, Message, Session
from accounts.verbs import passwords
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory, UserFactory, member
from tests.mfa.doors.help import body_of, code_of, newest_link, path_of, sign_in, statements

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"


def ask(client, email):
    return client.post("/forgotten/", {"email": email})


@pytest.mark.requirement("R-47")
@pytest.mark.promise("S21")
def test_known_and_unknown_addresses_get_one_answer_at_one_cost(client):
    user = member()
    ask(client, "warm@kumquat.example")

    known, first = statements(client, "/forgotten/", {"email": user.username})
    unknown, second = statements(client, "/forgotten/", {"email": "nobody@kumquat.example"})

    assert known == unknown
    assert body_of(first, user.username) == body_of(second, "nobody@kumquat.example")
    assert Message.objects.filter(kind="accounts.reset_password").count() == 3


@pytest.mark.promise("S21")
def test_nothing_is_sent_to_an_unknown_address_and_it_is_not_kept(client):
    ask(client, "nobody@kumquat.example")

    message = Message.objects.get()
    with pytest.raises(Withdrawn):
        KINDS[message.kind].render(message)
    assert "nobody@kumquat.example" not in (message.to, message.link.value, message.to_masked)


@pytest.mark.promise("S11")
def test_end_users_and_disabled_members_are_unknown(client):
    ask(client, UserFactory().username)
    disabled = member()
    disabled.disabled_at = timezone.now()
    disabled.save()
    ask(client, disabled.username)

    assert not Message.objects.exclude(user=None).exists()


@pytest.mark.product("customer-4")
def test_the_link_sets_a_new_password_and_ends_every_session(client):
    user = member()
    elsewhere = Client()
    sign_in(elsewhere, user)
    ask(client, user.username)
    client.get(path_of(newest_link("reset_password")))

    response = client.post("/l/", {"password": NEW})

    assert response["Location"] == "/sign-in/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not Session.objects.filter(user=user).exists()
    assert elsewhere.get("/dashboard/")["Location"].startswith("/sign-in/")
    assert Message.objects.filter(kind="accounts.password_changed", user=user).exists()
    assert AuditRecord.objects.filter(action="member.password_reset", person=user.pk).exists()


def test_a_reset_in_a_browser_that_is_signed_in_signs_it_out(client):
    user = member()
    sign_in(client, user)
    ask(client, user.username)
    client.get(path_of(newest_link("reset_password")))

    response = client.post("/l/", {"password": NEW}, follow=True)

    assert "in force" in response.content.decode()
    assert client.get("/dashboard/").status_code == 302


@pytest.mark.promise("S9")
def test_a_reset_leaves_the_second_factor_in_force(client):
    user = member()
    AuthenticatorFactory(user=user)
    ask(client, user.username)
    client.get(path_of(newest_link("reset_password")))
    client.post("/l/", {"password": NEW})

    response = client.post("/sign-in/", {"email": user.username, "password": NEW})

    assert response["Location"] == "/sign-in/code/"
    assert client.get("/dashboard/").status_code == 302


@pytest.mark.promise("S18")
def test_following_the_link_changes_nothing(client):
    user = member()
    ask(client, user.username)
    link = newest_link("reset_password")

    for _ in range(3):
        client.get(path_of(link), follow=True)
        client.head(path_of(link))
        client.head("/l/")

    link.refresh_from_db()
    user.refresh_from_db()
    assert link.used_at is None
    assert user.check_password(PASSWORD)


def test_a_weak_new_password_is_told_so_and_the_link_lives_on(client):
    user = member()
    ask(client, user.username)
    client.get(path_of(newest_link("reset_password")))

    response = client.post("/l/", {"password": user.username})

    assert response.context["form"].errors["password"]
    assert newest_link("reset_password").used_at is None
    assert client.post("/l/", {"password": NEW})["Location"] == "/sign-in/"


def test_the_link_works_for_an_hour(client):
    user = member()
    ask(client, user.username)
    link = newest_link("reset_password")
    assert link.expires_at - link.created_at == timedelta(hours=1)
    # The database's clock decides, which does not travel: the link is moved instead
    Link.objects.filter(pk=link.pk).update(expires_at=clock.now())

    assert client.get(path_of(link), follow=True).status_code == 410
    assert client.post("/l/", {"password": NEW}).status_code == 410
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_only_the_newest_link_works(client):
    user = member()
    ask(client, user.username)
    first = newest_link("reset_password")
    ask(client, user.username)

    assert client.get(path_of(first), follow=True).status_code == 410
    assert client.get(path_of(newest_link("reset_password")), follow=True).status_code == 200


def test_the_link_dies_with_the_address_it_went_to(client):
    user = member()
    ask(client, user.username)
    link = newest_link("reset_password")
    user.username = user.email = "moved@kumquat.example"
    user.save()

    assert client.get(path_of(link), follow=True).status_code == 410
    assert not passwords.reset(link, NEW, by=None)


def test_the_mail_proves_the_address(client):
    user = member()
    user.email_confirmed_at = None
    user.save()
    ask(client, user.username)
    client.get(path_of(newest_link("reset_password")))
    client.post("/l/", {"password": NEW})

    user.refresh_from_db()
    assert user.email_confirmed_at is not None


def test_five_links_an_hour_are_enough(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, 4, tzinfo=UTC))
    user = member()
    for _ in range(5):
        assert ask(client, user.username).status_code == 200

    known, unknown = ask(client, user.username), None
    for _ in range(6):
        unknown = ask(client, "nobody@kumquat.example")

    assert known.status_code == unknown.status_code == 429
    assert body_of(known, user.username) == body_of(unknown, "nobody@kumquat.example")
    assert Link.objects.filter(user=user).count() == 5


# Is it still you?


def stale(client, user):
    """A session whose proof is older than ten minutes."""
    sign_in(client, user)
    session = client.session
    session["proved_at"] = 0
    session.save()


def test_confirming_takes_the_password_and_leads_back(client):
    user = member()
    stale(client, user)
    key = client.cookies["session"].value

    response = client.post("/confirm/", {"password": PASSWORD, "next": "/dashboard/account/email/"})

    assert response["Location"] == "/dashboard/account/email/"
    assert client.session["proved_at"] > 0
    assert client.cookies["session"].value != key


def test_a_wrong_password_proves_nothing(client):
    stale(client, member())

    response = client.post("/confirm/", {"password": "wrong"})

    assert response.status_code == 200
    assert client.session["proved_at"] == 0


def test_who_has_a_factor_proves_that_and_a_password_is_not_enough(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    sign_in(client, user)
    earlier = code_of(factor)
    client.post("/sign-in/code/", {"code": earlier})
    session = client.session
    session["proved_at"] = 0
    session.save()

    assert client.post("/confirm/", {"password": PASSWORD}).status_code == 200
    assert client.session["proved_at"] == 0
    client.post("/confirm/", {"method": "totp"})
    assert "used already" in client.post("/confirm/", {"code": earlier}).content.decode()
    assert client.session["proved_at"] == 0
    factor.refresh_from_db()
    key = client.cookies["session"].value

    response = client.post("/confirm/", {"code": code_of(factor, at=(factor.last_step + 1) * 30)})

    assert response.status_code == 302
    assert client.session["proved_at"] > 0
    assert client.cookies["session"].value != key


def test_confirming_needs_a_session(client):
    assert client.get("/confirm/?next=/dashboard/sites/")["Location"] == "/sign-in/?next=%2Fdashboard%2Fsites%2F"


def test_ten_tries_at_confirming_are_enough(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, 4, tzinfo=UTC))
    stale(client, member())
    for _ in range(10):
        client.post("/confirm/", {"password": "wrong"})

    assert client.post("/confirm/", {"password": PASSWORD}).status_code == 429


def test_staff_prove_their_factor_at_the_admin_when_their_session_has_not(client):
    staff = StaffFactory()
    sign_in(client, staff)
    factor = AuthenticatorFactory(user=staff)  # set up in another browser meanwhile

    assert client.get("/staff/login/?next=/staff/")["Location"] == "/confirm/?next=%2Fstaff%2F"
    client.post("/confirm/?next=/staff/", {"method": "totp"})
    response = client.post("/confirm/", {"code": code_of(factor), "next": "/staff/"})

    assert response["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200
