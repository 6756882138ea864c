"""Apps and security questions through the dialect: enrolled, and proven without a transaction."""

import pytest

from accounts.audit import SYSTEM
from accounts.models import User
from mfa import verbs
from mfa.models import Authenticator
from tests.factories import AuthenticatorFactory
from tests.mfa.compat.plugin import SECRET, app_code

pytestmark = pytest.mark.django_db
PAIRS = [{"question": f"Question {n}", "answer": f"Answer {n}"} for n in range(3)]


def test_totp_is_enrolled_by_our_secret_and_then_logs_in_without_a_transaction(plugin):
    secret = plugin.post("api/auth/google-auth-secret", username="nora@shop.example", authenticatorName="Shop")
    assert secret["qrCodeData"]
    wrong = plugin.post(
        "api/auth/validate-google-auth-secret", username="nora@shop.example", secret=secret["secret"], otpToken="000"
    )
    assert (wrong["status"], wrong["message"]) == ("FAILED", "The OTP you have entered is incorrect.")
    right = plugin.post(
        "api/auth/validate-google-auth-secret",
        username="nora@shop.example",
        secret=secret["secret"],
        otpToken=app_code(secret["secret"]),
        authenticatorType="GOOGLE AUTHENTICATOR",
    )
    assert right["status"] == "SUCCESS"
    assert plugin.post("api/admin/users/get", username="nora@shop.example")["authType"] == "GOOGLE AUTHENTICATOR"
    Authenticator.objects.update(last_step=0)
    passed = plugin.post(
        "api/auth/validate",
        username="nora@shop.example",
        authType="GOOGLE AUTHENTICATOR",
        token=app_code(secret["secret"]),
        txId=None,
    )
    assert passed["status"] == "SUCCESS"


@pytest.mark.parametrize("name", ["MICROSOFT AUTHENTICATOR", "SOFT TOKEN", "Authy Authenticator", "2FAS AUTHENTICATOR"])
def test_every_relative_of_the_app_is_the_same_method(plugin, key, name):
    user = AuthenticatorFactory(user__customer=key.customer).user

    assert plugin.post("api/auth/challenge", username=user.username, authType=name)["status"] == "SUCCESS"
    assert (
        plugin.post("api/auth/validate", username=user.username, authType=name, token=app_code())["status"] == "SUCCESS"
    )


def test_a_code_seen_before_has_the_status_that_the_client_knows(plugin, key):
    user = AuthenticatorFactory(user__customer=key.customer).user
    calls = [
        plugin.post("api/auth/validate", username=user.username, authType="GOOGLE AUTHENTICATOR", token=app_code())
        for _ in range(2)
    ]
    login = plugin.post(
        "api/auth/validate-google-auth-secret", username=user.username, secret=SECRET, otpToken=app_code()
    )

    assert [call["status"] for call in calls] == ["SUCCESS", "ALREADY_USED"]
    assert login["status"] == "ALREADY_USED"


def test_a_throttled_login_says_how_long(plugin, key):
    user = AuthenticatorFactory(user__customer=key.customer).user
    for _ in range(5):
        plugin.post("api/auth/validate", username=user.username, authType="GOOGLE AUTHENTICATOR", token="000000x")
    reply = plugin.post("api/auth/validate", username=user.username, authType="GOOGLE AUTHENTICATOR", token=app_code())

    assert reply["status"] == "FAILED"
    assert "seconds" in reply["message"]


@pytest.mark.promise("S9")
def test_a_lost_phones_secret_is_refused_as_a_login_after_the_reset(plugin, key):
    one = AuthenticatorFactory(user__customer=key.customer)
    verbs.reset(one, SYSTEM, "lost")
    reply = plugin.post(
        "api/auth/validate-google-auth-secret", username=one.user.username, secret=SECRET, otpToken=app_code()
    )

    assert reply["status"] == "FAILED"
    assert not Authenticator.objects.filter(user=one.user, confirmed=True).exists()


def test_questions_are_enrolled_asked_and_answered_without_naming_the_transaction(plugin):
    assert (
        plugin.post("api/auth/register", username="nora@shop.example", questionAnswerList=PAIRS)["status"] == "SUCCESS"
    )
    asked = plugin.post("api/auth/challenge", username="nora@shop.example", authType="KBA")
    known = {pair["question"]: pair["answer"] for pair in PAIRS}
    answers = [{"question": one["question"], "answer": known[one["question"]]} for one in asked["questions"]]
    wrong = [answers[0], {**answers[1], "answer": "no"}]

    refused = plugin.post("api/auth/validate", username="nora@shop.example", txId="", answers=wrong)
    assert refused["message"] == "The answers you have provided are incorrect."
    assert (
        plugin.post("api/auth/validate", username="nora@shop.example", txId=None, answers=answers)["status"]
        == "SUCCESS"
    )


def test_broken_questions_change_nothing(plugin):
    broken = '{"username":"nora@shop.example","questionAnswerList":[{"question":"My "dog"?","answer":"x"}]}'
    reply = plugin.post("api/auth/register", body=broken)

    assert reply["status"] == "ERROR"
    assert not User.objects.filter(username="nora@shop.example").exists()
