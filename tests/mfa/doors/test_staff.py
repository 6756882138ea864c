"""Staff come in by our own door, and only with a second factor (security.md S8)."""

import pytest

from accounts.models import Session
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory, member
from tests.mfa.doors.help import code_of, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.product("doors-2")
def test_staff_without_a_second_factor_are_led_to_set_one_up(client):
    response = sign_in(client, StaffFactory(), next="/staff/")

    assert response["Location"] == "/factor/?next=%2Fstaff%2F"
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    assert client.get("/staff/login/?next=/staff/")["Location"] == "/factor/?next=%2Fstaff%2F"


def test_staff_with_a_second_factor_come_in(client):
    staff = StaffFactory()
    factor = AuthenticatorFactory(user=staff)

    assert client.get("/staff/login/?next=/staff/")["Location"] == "/sign-in/?next=%2Fstaff%2F"
    sign_in(client, staff, next="/staff/")
    response = client.post("/sign-in/code/", {"code": code_of(factor), "next": "/staff/"})

    assert response["Location"] == "/staff/"
    assert client.session["staff"] is True
    assert client.get("/staff/").status_code == 200
    assert client.post("/staff/logout/")["Location"] == "/sign-in/"
    assert client.get("/staff/").status_code == 302


@pytest.mark.promise("S8")
def test_the_admin_has_no_sign_in_of_its_own(client):
    staff = StaffFactory()
    AuthenticatorFactory(user=staff)

    response = client.post("/staff/login/", {"username": staff.username, "password": PASSWORD, "next": "/staff/"})

    assert response["Location"].startswith("/sign-in/")
    assert not Session.objects.filter(user=staff).exists()


def test_a_member_is_told_that_the_admin_is_for_staff(client):
    sign_in(client, member())

    assert client.get("/staff/login/?next=/staff/").status_code == 403


@pytest.mark.promise("S8")
def test_the_staffs_pages_can_be_closed_to_all_networks_but_some(client, settings):
    settings.STAFF_NETWORKS = ["192.0.2.0/24", "2001:db8::/32"]
    for path in ("/staff/", "/staff/login/", "/staff/accounts/user/"):
        assert client.get(path).status_code == 404, path
        assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 302, path
        assert client.get(path, REMOTE_ADDR="").status_code == 404, path
