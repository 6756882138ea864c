"""Ways that were tried to take over an account, and that lead nowhere."""

import pytest
from django.utils import timezone

from accounts import audit, calls, links
from accounts.models import Site, User
from accounts.verbs import addresses, passwords
from mfa.models import Authenticator
from tests.factories import PASSWORD, ApiKeyFactory, AuthenticatorFactory, member
from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin
from tests.mfa.doors.help import code_of, newest_link

pytestmark = pytest.mark.django_db


@pytest.mark.promise("S9")
def test_a_password_and_a_hundred_wrong_codes_give_no_key():
    """The switched off authenticator still stands before the key call, as it does before the dashboard."""
    owner = member()
    ApiKeyFactory(site__customer=owner.memberships.get().customer, site__is_first=True)
    plugin = Plugin("", "")
    assert "apiKey" in plugin.post("rest/customer/key", headers=UNSIGNED, email=owner.email, password=PASSWORD)

    AuthenticatorFactory(user=owner, off_at=timezone.now())

    assert isinstance(plugin.post("rest/customer/key", headers=UNSIGNED, email=owner.email, password=PASSWORD), str)


@pytest.mark.promise("S9")
def test_a_new_password_ends_a_change_of_address_that_an_intruder_asked_for():
    owner = member()
    addresses.request_change(owner, "intruder@else.example", audit.SYSTEM)
    asked = newest_link(addresses.CHANGE)
    passwords.request_reset(owner.email, audit.SYSTEM)
    passwords.reset(newest_link(passwords.RESET), "another horse battery", audit.SYSTEM)

    asked.refresh_from_db()
    assert addresses.change(asked, audit.SYSTEM) is addresses.Moved.OVER
    assert User.objects.get(pk=owner.pk).email == owner.email


@pytest.mark.promise("S13")
@pytest.mark.parametrize("path", ["api/admin/users/update", "api/auth/register", "api/admin/users/delete"])
def test_a_signature_that_changed_something_changes_nothing_else_by_another_call(path):
    key = ApiKeyFactory()
    one = AuthenticatorFactory(user__customer=key.customer)
    plugin = Plugin.of(key)
    headers = plugin.headers()
    plugin.post("api/admin/users/create", headers=headers, username="new@shop.example")
    secret = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    body = {"username": one.user.username, "email": "in@truder.example", "secret": secret}
    body |= {"registrationType": "GOOGLE AUTHENTICATOR", "otpToken": code_of(None, secret)}

    assert plugin.post(path, body=body, headers=headers)["status"] == "ERROR"
    assert User.objects.get(pk=one.user.pk).email == one.user.email
    assert Authenticator.objects.get(pk=one.pk).secret == one.secret


@pytest.mark.promise("S8", "S15")
def test_a_link_of_somebody_else_in_a_browser_signs_nobody_in(client):
    owner = member()
    passwords.request_reset(owner.email, audit.SYSTEM)
    client.get(f"/l/{links.token(newest_link(passwords.RESET))}")
    response = client.post("/l/", {"password": "another horse battery"})

    assert response["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_nobody_is_buried_in_mail_by_registering_their_address_over_and_over():
    owner = member()
    body = {"email": owner.email, "companyName": "x", "password": "a sentence nobody guesses"}
    answers = [Plugin(*PUBLIC).post("rest/customer/add", body=body)["status"] for _ in range(9)]

    assert set(answers) == {"CUSTOMER_USERNAME_ALREADY_EXISTS"}
    assert owner.messages.filter(kind="accounts.already_registered").count() == 5


def test_what_one_site_says_of_itself_keeps_no_other_site_from_being_heard():
    loud, quiet = (Plugin.of(ApiKeyFactory()) for _ in range(2))
    for plugin, users in ((loud, "9" * 32), (quiet, "3")):
        headers = {**plugin.headers(), "X-Kumquat-Connect": f"1.0; mode=cloud; users-on-site={users}"}
        plugin.post("api/admin/users/search", headers=headers, username="nora")
    calls.flush()

    assert Site.objects.get(customer__number=quiet.number).users_on_site == 3
