"""Who may call: signatures, clocks, replays and the published pairs."""

import time

import pytest

from accounts import calls, verbs
from accounts.audit import SYSTEM
from accounts.models import Message, SignedCall, User
from accounts.signing import sign
from mfa.models import Transaction
from tests.factories import CustomerFactory, UserFactory
from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin

pytestmark = pytest.mark.django_db


def test_a_signed_call_is_answered_and_marks_the_site_as_connected(plugin, key):
    plugin.post("api/admin/users/search", username="nobody")

    key.site.refresh_from_db()
    assert key.site.connected_at is not None


@pytest.mark.promise("S13")
@pytest.mark.parametrize("skew", [-301, 301])
def test_a_clock_more_than_five_minutes_off_is_refused(plugin, skew):
    headers = plugin.headers(str(int((time.time() + skew) * 1000)))

    assert plugin.post("api/admin/users/search", username="a", headers=headers)["status"] == "ERROR"
    assert plugin.answer.status_code == 401


@pytest.mark.parametrize("skew", [-290, 290])
def test_a_clock_less_than_five_minutes_off_is_accepted(plugin, skew):
    headers = plugin.headers(str(int((time.time() + skew) * 1000)))

    assert plugin.post("api/admin/users/search", username="a", headers=headers)["status"] == "USER_NOT_FOUND"


def test_a_timestamp_as_php_prints_a_float_is_hashed_as_it_stands(plugin):
    timestamp = f"{time.time() * 1000:.10E}".replace("E+", "E+")

    assert plugin.post("api/admin/users/search", username="a", headers=plugin.headers(timestamp))["status"] != "ERROR"


@pytest.mark.parametrize("bad", ["", "abc", "-1", "1e400", "nan", "١٢٣٤٥٦٧٨٩٠١٢", "9" * 30])
def test_a_timestamp_that_is_none_is_refused(plugin, bad):
    headers = {**plugin.headers(), "Timestamp": bad.encode().decode("latin-1")}

    assert plugin.post("api/admin/users/search", username="a", headers=headers)["status"] == "ERROR"


@pytest.mark.parametrize("change", ["Customer-Key", "Timestamp", "Authorization"])
def test_a_signature_counts_for_its_number_and_timestamp_only(plugin, change):
    other = Plugin("20000099", "k" * 32)
    headers = {**plugin.headers(), change: other.headers("1763959475123")[change]}

    assert plugin.post("api/admin/users/search", username="a", headers=headers)["status"] == "ERROR"


def test_a_replaced_key_works_until_the_overlap_ends_and_a_revoked_one_no_more(plugin, key):
    new = verbs.rotate_key(key.site, SYSTEM)
    assert plugin.post("api/admin/users/search", username="a")["status"] == "USER_NOT_FOUND"
    assert Plugin.of(new).post("api/admin/users/search", username="a")["status"] == "USER_NOT_FOUND"

    verbs.revoke_key(key, SYSTEM)
    assert plugin.post("api/admin/users/search", username="a")["status"] == "ERROR"


def test_an_archived_sites_key_opens_nothing(plugin, key):
    verbs.archive_site(key.site, SYSTEM)

    assert plugin.post("api/admin/users/search", username="a")["status"] == "ERROR"


def test_a_number_in_the_body_must_be_the_one_that_signed(plugin, key):
    assert (
        plugin.post("api/admin/users/search", username="a", customerKey=str(key.customer.number))["status"] != "ERROR"
    )
    assert plugin.post("api/admin/users/search", username="a", customerKey=key.customer.number)["status"] != "ERROR"
    assert plugin.post("api/admin/users/search", username="a", customerKey=False)["status"] != "ERROR"
    assert plugin.post("api/admin/users/search", username="a", customerKey="200001")["status"] == "ERROR"


@pytest.mark.promise("S13")
def test_a_challenge_that_was_captured_acts_no_second_time(plugin, key):
    user = UserFactory(customer=key.customer)
    headers = plugin.headers()
    first = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL", headers=headers)
    again = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL", headers=headers)

    assert (first["status"], again["status"]) == ("SUCCESS", "ERROR")
    assert Transaction.objects.count() == 1


@pytest.mark.promise("S13")
def test_challenges_of_one_moment_may_differ_but_user_calls_may_not(plugin, key):
    one, two = UserFactory.create_batch(2, customer=key.customer)
    headers = plugin.headers()
    for user in (one, two):
        reply = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL", headers=headers)
        assert reply["status"] == "SUCCESS"
    headers = plugin.headers()
    assert plugin.post("api/admin/users/create", username="first@x.example", headers=headers)["status"] == "SUCCESS"
    assert plugin.post("api/admin/users/create", username="second@x.example", headers=headers)["status"] == "ERROR"
    assert not User.objects.filter(username="second@x.example").exists()


def test_a_read_may_be_repeated(plugin):
    headers = plugin.headers()
    for _ in range(2):
        assert plugin.post("api/admin/users/search", username="a", headers=headers)["status"] == "USER_NOT_FOUND"
    assert not SignedCall.objects.exists()


REFUSED_TO_PUBLIC = [
    "api/admin/users/search",
    "api/admin/users/create",
    "api/admin/users/get",
    "api/admin/users/update",
    "api/admin/users/delete",
    "api/auth/google-auth-secret",
    "api/auth/validate-google-auth-secret",
    "api/auth/register",
    "rest/customer/license",
    "rest/customer/getapp-secret",
]


@pytest.mark.parametrize("path", REFUSED_TO_PUBLIC)
def test_a_published_pair_opens_no_customers_call(path):
    assert Plugin(*PUBLIC).post(path, username="a")["status"] == "ERROR"


def test_a_published_pair_gets_a_registration_code_and_validates_that_alone(plugin, key):
    public = Plugin(*PUBLIC)
    from mfa import codes

    begun = public.post("api/auth/challenge", email="new@owner.example", authType="EMAIL")
    txn = Transaction.objects.get(public_id=begun["txId"])
    theirs = plugin.post("api/auth/challenge", email="else@where.example", authType="EMAIL")
    other = Transaction.objects.get(public_id=theirs["txId"])

    assert public.post("api/auth/validate", txId=other.public_id, token=codes.derive(other))["status"] == "FAILED"
    assert public.post("api/auth/validate", txId=txn.public_id, token=codes.derive(txn))["status"] == "SUCCESS"


@pytest.mark.parametrize(
    "auth_type", ["OUT OF BAND EMAIL", "GOOGLE AUTHENTICATOR", "SMS AND EMAIL", "PHONE VERIFICATION"]
)
def test_a_published_pair_can_start_nothing_but_a_code(auth_type):
    reply = Plugin(*PUBLIC).post("api/auth/challenge", email="a@b.example", authType=auth_type)

    assert reply["status"] == "ERROR"
    assert not Transaction.objects.exists()


def test_the_oldest_client_signs_without_key_before_it_has_one_and_only_for_registration(plugin):
    from mfa import codes

    begun = Plugin(*PUBLIC).post("api/auth/challenge", email="new@owner.example", authType="EMAIL")
    txn = Transaction.objects.get(public_id=begun["txId"])
    timestamp = str(int(time.time() * 1000))
    bare = {"Customer-Key": "", "Timestamp": timestamp, "Authorization": sign("", timestamp, "")}

    for path in ("api/admin/users/search", "api/auth/challenge", "rest/customer/password-reset", "rest/customer/add"):
        assert plugin.post(path, email="a@b.example", authType="EMAIL", headers=bare)["status"] == "ERROR", path
    reply = plugin.post("api/auth/validate", txId=txn.public_id, token=codes.derive(txn), headers=bare)
    assert reply["status"] == "SUCCESS"


def test_no_customer_gets_a_published_number(settings):
    settings.PUBLISHED_CLIENTS = {str(number): "x" for number in range(10_000_000, 10_000_050)}
    from accounts.verbs.customers import operator

    assert str(operator().number) not in settings.PUBLISHED_CLIENTS


@pytest.mark.requirement("R-07")
@pytest.mark.promise("S10")
def test_another_customers_user_is_unknown(plugin):
    stranger = UserFactory(customer=CustomerFactory())

    assert plugin.post("api/admin/users/search", username=stranger.username)["status"] == "USER_NOT_FOUND"
    assert plugin.post("api/admin/users/get", username=stranger.username)["status"] == "FAILED"


def test_unsigned_calls_to_signed_addresses_are_refused(plugin):
    assert plugin.post("api/admin/users/search", username="a", headers=UNSIGNED)["status"] == "ERROR"
    assert plugin.post("api/admin/users/search", username="a", headers={})["status"] == "ERROR"


@pytest.mark.promise("S13")
def test_a_signature_captured_from_a_read_or_a_login_changes_nothing(plugin, key):
    user = UserFactory(customer=key.customer)
    for path, fields in [
        ("api/admin/users/get", {"username": user.username}),
        ("api/auth/challenge", {"username": user.username, "authType": "EMAIL"}),
        ("api/auth/validate", {"username": user.username, "authType": "GOOGLE AUTHENTICATOR", "token": "1"}),
    ]:
        headers = plugin.headers()
        plugin.post(path, body=fields, headers=headers)
        taken = plugin.post("api/admin/users/update", username=user.username, phone="+4791234567", headers=headers)
        assert taken["status"] == "ERROR", path
    user.refresh_from_db()
    assert not user.phone


def test_the_oldest_clients_coarse_clock_is_no_captured_signature(plugin, key):
    user = UserFactory(customer=key.customer)
    headers = plugin.headers(f"{time.time() * 1000:.10E}")
    plugin.post("api/admin/users/get", username=user.username, headers=headers)

    assert plugin.post("api/admin/users/update", username=user.username, headers=headers)["status"] == "SUCCESS"


@pytest.mark.promise("S17")
def test_a_call_under_another_host_name_is_refused_and_its_customer_reads_why(plugin, key):
    plugin.client.defaults["HTTP_HOST"] = "old.example"
    reply = plugin.post("api/auth/challenge", username="nora", authType="EMAIL")
    calls.finish_noting()

    assert (reply["status"], plugin.answer.status_code) == ("ERROR", 400)
    assert not Message.objects.exists()
    (line,) = calls.recent_unmatched(key.customer)
    assert (line.reason, line.path) == ("host", "api/auth/challenge")
    assert "another host name" in str(line.words)
