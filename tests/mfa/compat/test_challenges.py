"""What the dialect answers to challenges that are sent: codes, calls and links, their limits and their ends."""

import pytest
from django.utils import timezone

from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import Customer
from mfa import verbs
from mfa.models import Transaction
from tests.factories import UserFactory
from tests.mfa.compat.plugin import sent_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("auth_type", ["EMAIL", "OTP OVER EMAIL", "otp_over_email"])
def test_an_email_challenge_repeats_the_address_and_its_code_passes_once(plugin, key, auth_type):
    user = UserFactory(customer=key.customer)
    reply = plugin.post("api/auth/challenge", username=user.username, email=user.email, authType=auth_type)

    assert reply["email"] == user.email
    assert reply["emailDelivery"] == {"contact": user.email, "sendStatus": "SUCCESS"}
    wrong = plugin.post("api/auth/validate", txId=reply["txId"], token="12")
    assert (wrong["status"], wrong["message"]) == ("FAILED", "Invalid OTP provided. Please try again.")
    assert plugin.post("api/auth/validate", txId=reply["txId"], token=sent_code(reply))["status"] == "SUCCESS"
    assert plugin.post("api/auth/validate", txId=reply["txId"], token=sent_code(reply))["status"] != "SUCCESS"


def test_a_phone_is_answered_in_digits_as_the_client_compares_it(plugin, key):
    reply = plugin.post("api/auth/challenge", phone="+4791234567", authType="SMS")

    assert reply["phoneDelivery"] == {"contact": "4791234567", "sendStatus": "SUCCESS"}


def test_an_address_that_the_request_did_not_carry_is_masked(plugin, key):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    reply = plugin.post("api/auth/challenge", username=user.username, authType="SMS AND EMAIL")

    assert "91234" not in str(reply)
    assert reply["emailDelivery"]["contact"].startswith("p•••@")


def test_one_code_goes_both_ways(plugin, key):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    reply = plugin.post("api/auth/challenge", username=user.username, authType="SMS AND EMAIL")

    assert set(user.messages.values_list("channel", flat=True)) == {"email", "sms"}
    assert plugin.post("api/auth/validate", txId=reply["txId"], token=sent_code(reply))["status"] == "SUCCESS"


def test_a_call_reads_the_code_out(plugin, key):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    plugin.post("api/auth/challenge", username=user.username, authType="PHONE VERIFICATION")

    assert user.messages.get().channel == "voice"


def test_the_answer_about_a_mailed_link_has_no_escapes_and_no_beyond_ascii(plugin, key):
    user = UserFactory(customer=key.customer)
    plugin.post("api/auth/challenge", username=user.username, authType="OUT OF BAND EMAIL")
    text = plugin.answer.content.decode()

    assert text.isascii()
    assert "\\" not in text


def test_auth_status_follows_the_link_and_is_open_to_browsers(plugin, key, client):
    user = UserFactory(customer=key.customer)
    begun = plugin.post("api/auth/challenge", username=user.username, authType="OUT OF BAND EMAIL")
    poll = lambda: plugin.post("api/auth/auth-status", txId=begun["txId"], headers={})["status"]  # noqa: E731
    assert poll() == "IN_PROGRESS"
    link = user.messages.get().link
    verbs.decide(link, True, SYSTEM)

    assert poll() == "SUCCESS"
    assert plugin.answer["Access-Control-Allow-Origin"] == "*"
    assert client.options("/moas/api/auth/auth-status").status_code == 204
    Transaction.objects.update(closed_at=timezone.now() - timezone.timedelta(seconds=61))
    assert poll() == "FAILED"


def test_denying_says_denied(plugin, key):
    user = UserFactory(customer=key.customer)
    begun = plugin.post("api/auth/challenge", username=user.username, authType="OUT OF BAND EMAIL")
    verbs.decide(user.messages.get().link, False, SYSTEM)

    assert plugin.post("api/auth/auth-status", txId=begun["txId"])["status"] == "DENIED"


@pytest.mark.product("dialect-2")
def test_time_out_is_told_to_the_letter(plugin, key):
    user = UserFactory(customer=key.customer)
    begun = plugin.post("api/auth/challenge", username=user.username, authType="OUT OF BAND EMAIL")
    Transaction.objects.update(expires_at=timezone.now())
    reply = plugin.post("api/auth/auth-status", txId=begun["txId"])

    assert (reply["status"], reply["message"]) == (
        "ERROR",
        "Your mobile validation request timed out. Please try again.",
    )


@pytest.mark.parametrize("auth_type", ["MOBILE AUTHENTICATION", "PUSH NOTIFICATIONS", "HARDWARE TOKEN", "nonsense"])
def test_what_comes_later_is_refused_cleanly(plugin, key, auth_type):
    user = UserFactory(customer=key.customer)

    assert plugin.post("api/auth/challenge", username=user.username, authType=auth_type)["status"] == "FAILED"


@pytest.mark.product("dialect-3")
def test_a_sending_limit_is_answered_clearly_and_reads_go_on(plugin, key, settings):
    settings.SENDING_LIMITS = {**settings.SENDING_LIMITS, "address": 2}
    user = UserFactory(customer=key.customer)
    replies = [plugin.post("api/auth/challenge", username=user.username, authType="EMAIL") for _ in range(3)]

    assert [reply["status"] for reply in replies] == ["SUCCESS", "SUCCESS", "ERROR"]
    assert "limit" in replies[2]["message"]
    assert plugin.post("api/admin/users/get", username=user.username)["status"] == "SUCCESS"


def test_a_method_that_this_server_cannot_send_by_is_never_asked_for(plugin, key, settings):
    settings.SMS_URLS = settings.VOICE_URLS = []
    user = UserFactory(customer=key.customer, phone="+4791234567", dialect_method="SMS")

    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"


def test_a_strict_customers_answer_names_the_address_that_the_code_went_to(plugin, key):
    Customer.objects.filter(pk=key.customer_id).update(strict_addresses=True)
    user = UserFactory(customer=key.customer)
    reply = plugin.post("api/auth/challenge", username=user.username, email="else@where.example", authType="EMAIL")

    assert "else" not in str(reply)


def test_an_erased_address_gets_no_code_by_any_field(plugin, key):
    user = UserFactory(customer=key.customer)
    people.request_erasure(user, SYSTEM)

    assert plugin.post("api/auth/challenge", email=user.email, authType="EMAIL")["status"] == "ERROR"


def test_a_poll_more_than_twice_a_second_is_told_to_wait_and_costs_no_read(plugin, key):
    user = UserFactory(customer=key.customer)
    begun = plugin.post("api/auth/challenge", username=user.username, authType="OUT OF BAND EMAIL")
    verbs.decide(user.messages.get().link, True, SYSTEM)
    polls = [plugin.post("api/auth/auth-status", txId=begun["txId"])["status"] for _ in range(12)]

    assert polls[0] == "SUCCESS"
    assert polls[-1] == "IN_PROGRESS"
