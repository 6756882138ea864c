"""manage.py operator: the first staff comes in by a link, and one who lost everything comes back."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Session, User
from mfa.models import Authenticator
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory
from tests.mfa.doors.help import code_of, sign_in

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"


def run(email):
    out = StringIO()
    call_command("operator", email=email, stdout=out)
    return out.getvalue(), re.search(r"http://localhost:8000(/l/\S+)", out.getvalue()).group(1)


@pytest.mark.product("start-10")
@pytest.mark.promise("S33")
def test_the_first_staff_comes_in_by_the_printed_link(client):
    _said, path = run("kari@fjordvakt.example")
    client.get(path)
    response = client.post("/l/", {"password": NEW}, follow=True)
    assert "in force" in response.content.decode()

    response = client.post("/sign-in/", {"email": "kari@fjordvakt.example", "password": NEW, "next": "/staff/"})

    assert response["Location"] == "/factor/?next=%2Fstaff%2F"
    client.get(response["Location"])
    client.post("/factor/", {"add": "totp", "part": "start"})
    pending = Authenticator.objects.get(user__username="kari@fjordvakt.example")
    code = code_of(pending, pending.pending_secret)
    page = client.post("/factor/", {"add": "totp", "part": "prove", "code": code})
    assert page.context["done_url"] == "/staff/"
    assert client.get("/staff/").status_code == 200


@pytest.mark.product("start-10")
def test_who_lost_password_and_phone_comes_back_and_nobody_else_does(client):
    staff = StaffFactory()
    AuthenticatorFactory(user=staff)
    thief = Client()
    sign_in(thief, staff)

    said, path = run(staff.username)

    assert "no longer work" in said
    assert not Authenticator.objects.filter(user=staff).exists()
    assert sign_in(Client(), staff).status_code == 200  # the old password opens nothing
    assert thief.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"
    assert not Session.objects.filter(user=staff).exists()
    client.get(path)
    client.post("/l/", {"password": NEW})
    assert client.post("/sign-in/", {"email": staff.username, "password": NEW})["Location"] == "/factor/"


def test_the_link_works_once(client):
    _said, path = run("kari@fjordvakt.example")
    client.get(path)
    client.post("/l/", {"password": NEW})

    assert client.get(path, follow=True).status_code == 410


def test_a_newer_link_ends_the_one_before(client):
    _said, first = run("kari@fjordvakt.example")
    run("kari@fjordvakt.example")

    assert client.get(first, follow=True).status_code == 410
    assert User.objects.filter(is_staff=True).count() == 1


@pytest.mark.parametrize("email", ["kari", "a b@c.example", "\u202ekari@fjordvakt.example"])
def test_what_is_no_address_is_refused_in_a_sentence(email):
    with pytest.raises(CommandError, match="is not an e-mail address"):
        run(email)


def test_a_member_who_becomes_staff_keeps_name_and_id():
    member = StaffFactory(is_staff=False)

    run(member.username)

    member.refresh_from_db()
    assert member.is_staff
    assert not member.check_password(PASSWORD)
