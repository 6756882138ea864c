"""The second factors of those who sign in: set up with proof, several of them, named, taken off, told by mail."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.messages.kinds import KINDS
from accounts.models import Message, Role, Session
from mfa.methods import METHODS
from mfa.models import Authenticator
from tests.factories import AuthenticatorFactory, StaffFactory, member
from tests.mfa.doors.help import code_of, sign_in
from tests.mfa.fido import Device

pytestmark = pytest.mark.django_db


def enter(client, user, factor):
    """Signed in with password and app."""
    sign_in(client, user)
    return client.post("/sign-in/code/", {"code": code_of(factor)})


def begin(client, user):
    """Signed in, and the QR code on the screen."""
    sign_in(client, user)
    page = client.post("/factor/", {"add": "totp", "part": "start"})
    return page, Authenticator.objects.get(user=user)


def prove(client, pending):
    return client.post("/factor/", {"add": "totp", "part": "prove", "code": code_of(pending, pending.pending_secret)})


def add_passkey(client, user, name="My laptop"):
    device = Device()
    page = client.post("/factor/", {"add": "webauthn", "part": "start"})
    made = device.make(page.context["options"])
    client.post("/factor/", {"add": "webauthn", "part": "prove", "credential": made, "name": name})
    return device


def test_looking_at_the_page_writes_nothing(client):
    user = member()
    sign_in(client, user)

    page = client.get("/factor/").content.decode()

    assert page.index("Passkey") < page.index("Authenticator app") or "Authenticator app" in page
    assert not Authenticator.objects.exists()


@pytest.mark.promise("S9")
@pytest.mark.product("method-8")
def test_only_what_is_strong_is_offered(client):
    user = member()
    user.phone = "+4791234567"
    user.save()
    sign_in(client, user)

    shown = {method.key for method in client.get("/factor/").context["offered"]}

    assert shown == {"webauthn", "totp", "hotp"}
    for weak in ("kba", "email_code", "email_link", "sms_code", "voice_code"):
        client.post("/factor/", {"add": weak, "part": "start"})
    assert not Authenticator.objects.exists()


def test_the_page_shows_the_secret_as_a_picture_and_as_text(client):
    user = member()
    page, pending = begin(client, user)

    uri = urlsplit(page.context["uri"])
    given = parse_qs(uri.query)
    assert given["secret"] == [pending.pending_secret]
    assert unquote(uri.path) == f"/{user.customer.name}:{user.username}"
    assert page.context["secret"].replace(" ", "") == pending.pending_secret


def test_it_counts_only_once_a_code_was_right(client):
    user = member()
    _page, pending = begin(client, user)

    client.post("/factor/", {"add": "totp", "part": "prove", "code": "000000"})
    assert sign_in(Client(), user)["Location"] == "/dashboard/"

    assert b"is set up" in prove(client, pending).content
    assert sign_in(Client(), user)["Location"] == "/sign-in/code/"


def test_setting_it_up_ends_other_sessions_and_tells_by_mail(client):
    user = member()
    sign_in(Client(), user)
    _page, pending = begin(client, user)
    key = client.cookies["session"].value

    prove(client, pending)

    assert Session.objects.filter(user=user).count() == 1
    assert client.cookies["session"].value != key
    assert client.get("/factor/").status_code == 200
    assert Message.objects.get(kind="mfa.factor_changed").to == user.email


def test_a_new_phone_keeps_the_old_one_working_until_its_first_code(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)

    client.post("/factor/", {"add": "totp", "part": "start"})
    factor.refresh_from_db()
    assert factor.secret == "JBSWY3DPEHPK3PXP"
    new, step = factor.pending_secret, factor.last_step + 1
    client.post("/factor/", {"add": "totp", "part": "prove", "code": code_of(factor, new, at=step * 30)})
    factor.refresh_from_db()
    assert factor.secret == new
    assert factor.pending_secret is None


@pytest.mark.promise("S9")
@pytest.mark.product("doors-3")
def test_the_pages_ask_for_fresh_proof(client, time_machine):
    user = member()
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    for path in ("/factor/", f"/factor/{factor.public_id}/remove/"):
        assert client.get(path)["Location"].startswith("/confirm/?next="), path
        assert client.post(path)["Location"].startswith("/confirm/?next="), path


@pytest.mark.promise("S10")
def test_the_pages_need_a_session_and_show_nobody_elses(client):
    others = AuthenticatorFactory(user=member())
    for path in ("/factor/", f"/factor/{others.public_id}/", f"/factor/{others.public_id}/remove/"):
        assert client.get(path)["Location"].startswith("/sign-in/"), path
    sign_in(client, member())
    for path in (f"/factor/{others.public_id}/", f"/factor/{others.public_id}/remove/"):
        assert client.get(path).status_code == client.post(path).status_code == 404, path
    assert Authenticator.objects.filter(pk=others.pk).exists()


def test_the_account_page_lists_them_by_name_with_what_is_left(client):
    user = member()
    enter(client, user, AuthenticatorFactory(user=user))
    add_passkey(client, user)
    client.post("/factor/", {"add": "backup_code", "part": "start"})

    page = client.get("/dashboard/account/").content.decode()

    assert "My laptop" in page
    assert "Authenticator app" in page
    assert "10 codes left" in page


def test_one_gets_another_name(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)

    client.post(f"/factor/{factor.public_id}/", {"name": "Old phone"})

    factor.refresh_from_db()
    assert factor.name == "Old phone"
    assert "Old phone" in client.get("/dashboard/account/").content.decode()


@pytest.mark.product("enrol-4")
def test_one_of_two_is_taken_off_and_told_by_mail(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)
    device = add_passkey(client, user)
    elsewhere = Client()
    sign_in(elsewhere, user)

    assert "1 other second factor" in client.get(f"/factor/{factor.public_id}/remove/").content.decode()
    assert client.post(f"/factor/{factor.public_id}/remove/")["Location"] == "/dashboard/account/"

    assert [one.method for one in Authenticator.objects.filter(user=user, confirmed=True)] == ["webauthn"]
    message = Message.objects.filter(kind="mfa.factor_changed", user=user).latest("pk")
    assert "taken off your account" in KINDS[message.kind].render(message).text
    assert client.get("/dashboard/").status_code == 200  # the fresh proof stands for the one that is left
    assert device.handle.decode() == user.public_id


@pytest.mark.parametrize("who", ["owner", "admin", "staff"])
def test_the_last_one_of_who_must_have_one_stays_and_the_page_says_why(client, who):
    user = StaffFactory() if who == "staff" else member(who)
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)

    response = client.post(f"/factor/{factor.public_id}/remove/")

    assert response.status_code == 403
    assert "It stays for now" in response.content.decode()
    assert Authenticator.objects.filter(user=user).exists()


def test_where_the_customer_lets_them_a_help_desk_may_take_off_the_last_one(client):
    from accounts import audit
    from mfa.verbs import governing

    user = member(Role.HELP_DESK)
    customer = user.memberships.get().customer
    policy = governing.find(customer)
    policy = governing.edit(policy, {"enforcement": "optional"}, governing.stamp(policy), audit.SYSTEM)
    governing.publish(policy, governing.stamp(policy), audit.SYSTEM)
    factor = AuthenticatorFactory(user=user)
    enter(client, user, factor)

    client.post(f"/factor/{factor.public_id}/remove/")

    assert not Authenticator.objects.filter(user=user).exists()
    assert sign_in(Client(), user)["Location"] == "/dashboard/"


def test_every_strong_method_of_ones_own_is_one_that_these_doors_take():
    from mfa.doors import factors

    assert set(factors.KEYS) == {
        key for key, one in METHODS.items() if one.is_own and not one.is_standby and one.assurance >= 3
    }
