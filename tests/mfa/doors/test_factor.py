"""The authenticator app of those who sign in: set up with proof, replaced, taken off, told by mail."""

import base64
import re
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.messages.kinds import KINDS
from accounts.models import Message, Session
from mfa.models import Authenticator
from tests.factories import AuthenticatorFactory, StaffFactory, member
from tests.mfa.doors.help import code_of, sign_in

pytestmark = pytest.mark.django_db


def begin(client, user):
    """Signed in, and the QR code on the screen."""
    sign_in(client, user)
    assert client.post("/factor/")["Location"] == "/factor/set-up/"
    return Authenticator.objects.get(user=user)


def test_looking_at_the_page_writes_nothing(client):
    user = member()
    sign_in(client, user)

    assert client.get("/factor/").status_code == 200
    assert client.get("/factor/set-up/")["Location"] == "/factor/"
    assert not Authenticator.objects.exists()


def test_the_page_shows_the_secret_as_a_picture_and_as_text(client):
    user = member()
    pending = begin(client, user)

    page = client.get("/factor/set-up/")

    uri = urlsplit(page.context["uri"])
    given = parse_qs(uri.query)
    assert given["secret"] == [pending.pending_secret]
    assert given["issuer"] == ["Fjordvakt"]
    assert unquote(uri.path) == f"/Fjordvakt:{user.username}"
    picture = re.search(r'<img src="data:image/svg\+xml[^"]+" alt="">', page.content.decode())
    assert picture
    assert page.context["secret"].replace(" ", "") == pending.pending_secret
    assert len(base64.b32decode(pending.pending_secret)) == 20


def test_it_counts_only_once_a_code_was_right(client):
    user = member()
    pending = begin(client, user)

    response = client.post("/factor/set-up/", {"code": "000000"})

    assert response.context["form"].errors["code"]
    assert sign_in(Client(), user)["Location"] == "/dashboard/"

    response = client.post("/factor/set-up/", {"code": code_of(pending, pending.pending_secret)})

    assert response["Location"] == "/dashboard/account/"
    assert sign_in(Client(), user)["Location"] == "/sign-in/code/"


def test_setting_it_up_ends_other_sessions_and_tells_by_mail(client):
    user = member()
    sign_in(Client(), user)
    pending = begin(client, user)

    client.post("/factor/set-up/", {"code": code_of(pending, pending.pending_secret)})

    assert Session.objects.filter(user=user).count() == 1
    assert client.get("/factor/").status_code == 200
    assert Message.objects.get(kind="mfa.factor_changed").to == user.email


def test_a_new_phone_keeps_the_old_one_working_until_its_first_code(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    sign_in(client, user)
    client.post("/sign-in/code/", {"code": code_of(factor)})

    client.post("/factor/")

    factor.refresh_from_db()
    assert factor.secret == "JBSWY3DPEHPK3PXP"
    step = factor.last_step + 1
    client.post("/factor/set-up/", {"code": code_of(factor, factor.pending_secret, at=step * 30)})
    factor.refresh_from_db()
    assert factor.secret != "JBSWY3DPEHPK3PXP"
    assert factor.pending_secret is None


@pytest.mark.promise("S9")
def test_the_pages_ask_for_fresh_proof(client, time_machine):
    user = member()
    sign_in(client, user)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    for path in ("/factor/", "/factor/set-up/", "/factor/remove/"):
        assert client.get(path)["Location"].startswith("/confirm/?next="), path
        assert client.post(path)["Location"].startswith("/confirm/?next="), path


def test_the_pages_need_a_session(client):
    for path in ("/factor/", "/factor/set-up/", "/factor/remove/"):
        assert client.get(path)["Location"].startswith("/sign-in/"), path


def test_taking_it_off_asks_first_and_tells_by_mail(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    sign_in(client, user)
    client.post("/sign-in/code/", {"code": code_of(factor)})

    assert client.get("/factor/remove/").status_code == 200
    assert Authenticator.objects.filter(user=user).exists()
    assert client.post("/factor/remove/")["Location"] == "/dashboard/account/"

    assert not Authenticator.objects.filter(user=user).exists()
    message = Message.objects.get(kind="mfa.factor_changed", user=user)
    assert "taken off your account" in KINDS[message.kind].render(message).text
    assert sign_in(Client(), user)["Location"] == "/dashboard/"


def test_staff_cannot_take_theirs_off(client):
    staff = StaffFactory()
    factor = AuthenticatorFactory(user=staff)
    sign_in(client, staff)
    client.post("/sign-in/code/", {"code": code_of(factor)})

    assert client.post("/factor/remove/").status_code == 403
    assert Authenticator.objects.filter(user=staff).exists()
