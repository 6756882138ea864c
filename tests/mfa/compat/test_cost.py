"""What each hot call costs the database, transaction control not counted; docs/performance.md tells the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.oath import hotp

from accounts.models import Site
from mfa import codes
from mfa.base32 import decode
from mfa.models import Authenticator, Transaction
from rba import switches
from tests.factories import AuthenticatorFactory, UserFactory

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET")


@pytest.fixture(autouse=True)
def connected(key):
    """The first signed call of a site costs one more, once."""
    Site.objects.update(connected_at=timezone.now())


def queries(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return [one["sql"] for one in captured if not one["sql"].startswith(CONTROL)]


def app_code(secret="JBSWY3DPEHPK3PXP"):
    return str(hotp(decode(secret), int(timezone.now().timestamp()) // 30, 6)).zfill(6)


@pytest.mark.product("speed-1")
def test_auth_status_is_one_read(plugin, key):
    begun = plugin.post("api/auth/challenge", username=UserFactory(customer=key.customer).username, authType="EMAIL")

    spent = queries(lambda: plugin.post("api/auth/auth-status", txId=begun["txId"], headers={}))

    assert len(spent) == 1
    assert spent[0].startswith("SELECT")


def test_a_totp_by_name_costs_four(plugin, key):
    name = AuthenticatorFactory(user__customer=key.customer).user.username

    spent = queries(
        lambda: plugin.post("api/auth/validate", username=name, authType="GOOGLE AUTHENTICATOR", token=app_code())
    )

    assert len(spent) == 4, "\n".join(spent)
    assert Authenticator.objects.get(user__username=name).last_used_at is not None


def test_a_login_with_the_sites_own_secret_costs_four(plugin, key):
    name = AuthenticatorFactory(user__customer=key.customer).user.username
    body = {"username": name, "secret": "JBSWY3DPEHPK3PXP", "otpToken": app_code()}

    spent = queries(lambda: plugin.post("api/auth/validate-google-auth-secret", body=body))

    assert len(spent) == 4, "\n".join(spent)


@pytest.mark.product("speed-1")
@pytest.mark.parametrize("right", [True, False])
def test_a_code_costs_four_right_or_wrong(plugin, key, right):
    begun = plugin.post("api/auth/challenge", username=UserFactory(customer=key.customer).username, authType="EMAIL")
    code = codes.derive(Transaction.objects.get()) if right else "000000x"
    switches.features_of(key.customer_id)  # read once in ten seconds

    spent = queries(lambda: plugin.post("api/auth/validate", txId=begun["txId"], token=code))

    assert len(spent) == 4, "\n".join(spent)


def test_a_challenge_by_mail_costs_seven(plugin, key):
    user = UserFactory(customer=key.customer)
    plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")

    spent = queries(lambda: plugin.post("api/auth/challenge", username=user.username, authType="EMAIL"))

    assert len(spent) == 7, "\n".join(spent)


def test_looking_a_user_up_costs_no_more_than_four(plugin, key):
    user = AuthenticatorFactory(user__customer=key.customer, user__dialect_method="GOOGLE AUTHENTICATOR").user

    assert len(queries(lambda: plugin.post("api/admin/users/get", username=user.username))) <= 4
