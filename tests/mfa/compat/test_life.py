"""The dialect's answers, call by call, as a client compares them."""

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import Customer, Membership, Site, Ticket, User
from mfa import codes, verbs
from mfa.base32 import decode
from mfa.models import Authenticator, Transaction
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory, UserFactory, member
from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


def app_code(secret=SECRET):
    return str(hotp(decode(secret), int(timezone.now().timestamp()) // 30, 6)).zfill(6)


def sent_code(reply):
    return codes.derive(Transaction.objects.get(public_id=reply["txId"]))


def register(email="owner@shop.example"):
    return Plugin(*PUBLIC).post(
        "rest/customer/add",
        companyName="shop.example",
        areaOfInterest="WordPress 2 Factor Authentication Plugin",
        firstname="",
        lastname="",
        email=email,
        phone="",
        password=PASSWORD,
    )


@pytest.mark.requirement("R-04")
def test_registration_gives_keys_that_the_key_call_gives_again():
    made = register()
    again = Plugin(*PUBLIC).post("rest/customer/key", email="owner@shop.example", password=PASSWORD)

    assert made["status"] == "SUCCESS"
    assert {made[name] == again[name] for name in ("id", "apiKey", "token", "appSecret")} == {True}
    assert len(made["token"]) >= 16
    assert str(made["id"]).isdigit()
    assert Site.objects.get().url == "https://shop.example"


def test_a_known_address_is_told_to_sign_in_instead():
    register()

    assert register()["status"] == "CUSTOMER_USERNAME_ALREADY_EXISTS"
    assert Customer.objects.filter(is_operator=False).count() == 1


def test_a_wrong_password_is_answered_with_plain_text_that_is_no_json():
    register()
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/customer/key", email="owner@shop.example", password="no").startswith("Invalid username")
    assert plugin.answer["Content-Type"].startswith("text/plain")
    assert plugin.post("rest/customer/key", email="who@ever.example", password="no").startswith("Invalid username")


def test_a_members_own_password_gives_no_key_once_a_second_factor_is_set():
    register()
    AuthenticatorFactory(user=User.objects.get(username="owner@shop.example"))

    reply = Plugin(*PUBLIC).post("rest/customer/key", email="owner@shop.example", password=PASSWORD)

    assert isinstance(reply, str)


def test_a_plugin_password_gives_its_own_sites_key_and_opens_nothing_else(client):
    made = register()
    owner = User.objects.get(username="owner@shop.example")
    site = people.add_site(Customer.objects.get(number=made["id"]), "two.example", "", SYSTEM)
    password = people.make_plugin_password(site, SYSTEM)

    reply = Plugin(*PUBLIC).post("rest/customer/key", email=owner.email, password=password)

    assert reply["apiKey"] == site.api_keys.get().secret
    assert reply["token"] == made["token"]
    assert client.post("/sign-in/", {"username": owner.email, "password": password}).status_code != 302


def test_a_plugin_password_works_for_members_who_may_see_keys_only():
    made = register()
    customer = Customer.objects.get(number=made["id"])
    site = customer.sites.get()
    password = people.make_plugin_password(site, SYSTEM)
    helper = member("help_desk", customer)

    assert isinstance(Plugin(*PUBLIC).post("rest/customer/key", email=helper.email, password=password), str)


def test_check_if_exists_says_so_unless_the_operator_hides_it(settings):
    register()
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/customer/check-if-exists", email="owner@shop.example")["status"] == "SUCCESS"
    assert plugin.post("rest/customer/check-if-exists", email="b@shop.example")["status"] == "CUSTOMER_NOT_FOUND"
    settings.HIDE_REGISTERED = True
    assert plugin.post("rest/customer/check-if-exists", email="owner@shop.example")["status"] == "CUSTOMER_NOT_FOUND"


def test_the_free_licence_is_told_and_a_paid_one_is_never_given(plugin):
    free = plugin.post("rest/customer/license", customerId="", applicationName="-1", licenseType="DEMO")
    paid = plugin.post("rest/customer/license", applicationName="wp_otp_verification", licenseType="PREMIUM")

    assert free["status"] == "SUCCESS"
    assert isinstance(free["emailRemaining"], int)
    assert paid["status"] == "FAILED"


def test_a_question_becomes_a_ticket_and_the_answer_is_plain():
    reply = Plugin(*PUBLIC).post(
        "rest/customer/contact-us", headers=UNSIGNED, email="a@b.example", query="[WordPress 2FA : 6.2.4] Help"
    )

    assert reply == "Query submitted."
    assert Ticket.objects.get().category == "WordPress 2FA : 6.2.4"


@pytest.mark.requirement("R-43")
def test_creating_a_user_twice_is_a_success_twice(plugin):
    for _ in range(2):
        assert plugin.post("api/admin/users/create", username="Nora@shop.example")["status"] == "SUCCESS"
    assert User.objects.filter(canonical_username="nora@shop.example").count() == 1


@pytest.mark.promise("S4")
def test_one_person_has_one_spelling(plugin, key):
    UserFactory(customer=key.customer, username="alice@shop.example")

    for spelling in (" alice@shop.example", "ALICE@SHOP.EXAMPLE", "ａlice@shop.example"):
        assert plugin.post("api/admin/users/search", username=spelling)["status"] == "USER_FOUND"


def test_updating_an_unknown_user_makes_one(plugin):
    reply = plugin.post("api/admin/users/update", username="nora@shop.example", phone="4791234567", authType="SMS")

    assert reply["status"] == "SUCCESS"
    got = plugin.post("api/admin/users/get", username="nora@shop.example")
    assert (got["phone"], got["authType"]) == ("+4791234567", "SMS")


def test_an_unknown_user_is_answered_to_the_letter(plugin):
    reply = plugin.post("api/admin/users/get", username="who")

    assert (reply["status"], reply["message"]) == ("FAILED", "Invalid username or email.")


def test_null_fields_mean_unchanged(plugin, key):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    plugin.post("api/admin/users/update", username=user.username, phone=None, email=None, authType=None)

    user.refresh_from_db()
    assert str(user.phone) == "+4791234567"


def test_a_method_that_cannot_be_served_falls_back_to_email_and_then_to_none(plugin, key):
    user = UserFactory(customer=key.customer, dialect_method="GOOGLE AUTHENTICATOR")
    bare = UserFactory(customer=key.customer, username="nomail", email="", dialect_method="SMS")

    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"
    assert plugin.post("api/admin/users/get", username=bare.username)["authType"] == "NONE"


def test_a_living_pass_turns_the_method_into_email(plugin, key):
    user = UserFactory(customer=key.customer, dialect_method="GOOGLE AUTHENTICATOR")
    AuthenticatorFactory(user=user)
    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "GOOGLE AUTHENTICATOR"

    verbs.let_in_once(user, timezone.now() + timezone.timedelta(hours=1), "lost", SYSTEM)
    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"


@pytest.mark.requirement("R-58")
def test_deleting_a_user_hides_them_at_once_and_keeps_the_name_from_coming_back(plugin, key):
    user = UserFactory(customer=key.customer)
    assert plugin.post("api/admin/users/delete", username=user.username)["status"] == "SUCCESS"

    assert plugin.post("api/admin/users/search", username=user.username)["status"] == "USER_NOT_FOUND"
    for path in (
        "api/admin/users/create",
        "api/admin/users/update",
        "api/auth/google-auth-secret",
        "api/auth/challenge",
    ):
        reply = plugin.post(path, username=user.username, authType="EMAIL", email=user.email)
        assert (reply["status"], reply["message"]) == (
            "ERROR",
            "This person was erased. A member can allow the name again.",
        ), path


def test_a_disabled_user_is_refused(plugin, key):
    user = UserFactory(customer=key.customer)
    plugin.post("api/admin/users/disable", username=user.username)
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] == "FAILED"
    plugin.post("api/admin/users/enable", username=user.username)
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] == "SUCCESS"


def test_users_are_listed_in_batches_oldest_first(plugin, key):
    users = UserFactory.create_batch(3, customer=key.customer)
    reply = plugin.post("api/admin/users/getall", batchNo=2, batchSize=2)

    assert reply["fetchedCount"] == 1
    assert reply["users"][0]["username"] == users[2].username


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


PAIRS = [{"question": f"Question {n}", "answer": f"Answer {n}"} for n in range(3)]


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


@pytest.mark.requirement("R-35")
@pytest.mark.promise("S10")
@pytest.mark.parametrize("make", [StaffFactory, member])
def test_members_and_staff_are_unknown_to_every_key_the_operators_own_included(make):
    from accounts.verbs.customers import operator

    person = make()
    site = people.add_site(operator(), "own.example", "", SYSTEM)
    own = Plugin.of(site.api_keys.get())

    assert own.post("api/admin/users/search", username=person.username)["status"] == "USER_NOT_FOUND"
    assert own.post("api/admin/users/update", username=person.username, phone="+4791234567")["status"] == "ERROR"
    assert own.post("api/auth/google-auth-secret", username=person.username)["status"] == "ERROR"
    assert not Authenticator.objects.filter(user=person).exists()
    assert Membership.objects.filter(user=person).count() <= 1


def test_a_sending_limit_is_answered_clearly_and_reads_go_on(plugin, key, settings):
    settings.SENDING_LIMITS = {**settings.SENDING_LIMITS, "address": 2}
    user = UserFactory(customer=key.customer)
    replies = [plugin.post("api/auth/challenge", username=user.username, authType="EMAIL") for _ in range(3)]

    assert [reply["status"] for reply in replies] == ["SUCCESS", "SUCCESS", "ERROR"]
    assert "limit" in replies[2]["message"]
    assert plugin.post("api/admin/users/get", username=user.username)["status"] == "SUCCESS"


def test_iplookup_and_timestamp_answer_unsigned():
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/security/iplookup", ip="10.0.0.1", headers=UNSIGNED)["ip"] == "10.0.0.1"
    assert plugin.post("rest/security/iplookup", ip="no", headers=UNSIGNED)["status"] == "ERROR"
    assert str(plugin.post("rest/mobile/get-timestamp", headers=UNSIGNED)).isdigit()


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://localhost:8000/moas/viewtransactions", "/dashboard/sign-ins/"),
        ("/dashboard/users/", "/dashboard/users/"),
        ("https://evil.example/x", "/dashboard/"),
        ("//evil.example/x", "/dashboard/"),
        ("https:evil.example", "/dashboard/"),
        ("javascript:alert(1)", "/dashboard/"),
        ("http://localhost:8000@evil.example/", "/dashboard/"),
        ("\\\\evil.example", "/dashboard/"),
        ("", "/dashboard/"),
    ],
)
def test_the_login_page_leads_on_to_our_own_pages_only(target, expected):
    from mfa.compat.miniorange.other import own_path

    assert own_path(target) == expected


def test_the_time_is_told_to_a_client_that_sends_no_body(plugin):
    assert str(plugin.post("rest/mobile/get-timestamp", body="", headers=UNSIGNED)).isdigit()


def test_the_plugins_own_form_may_lead_to_our_sign_in(client):
    given = {"username": "ingrid@nordvik.example", "redirectUrl": "http://localhost:8000/moas/viewlicensekeys"}
    response = client.post("/moas/login", given)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=%2Fdashboard%2Flimits%2F")


def test_what_php_says_for_nothing_is_nothing(plugin, key):
    user = UserFactory(customer=key.customer)
    body = {"username": user.username, "authType": "GOOGLE AUTHENTICATOR", "txId": False, "token": "1"}
    reply = plugin.post("api/auth/validate", body=body)

    assert reply["message"] == "Invalid OTP provided. Please try again."


def test_a_method_that_this_server_cannot_send_by_is_never_asked_for(plugin, key, settings):
    settings.SMS_URLS = settings.VOICE_URLS = []
    user = UserFactory(customer=key.customer, phone="+4791234567", dialect_method="SMS")

    assert plugin.post("api/admin/users/get", username=user.username)["authType"] == "EMAIL"


def test_a_strict_customers_answer_names_the_address_that_the_code_went_to(plugin, key):
    Customer.objects.filter(pk=key.customer_id).update(strict_addresses=True)
    user = UserFactory(customer=key.customer)
    reply = plugin.post("api/auth/challenge", username=user.username, email="else@where.example", authType="EMAIL")

    assert "else" not in str(reply)


def test_characters_that_cannot_be_seen_get_into_no_name(plugin):
    for bad in ("a\r\nBcc: x", "a\u202eb", "a\u0007b"):
        assert plugin.post("api/admin/users/create", username="x@y.example", firstName=bad)["status"] == "ERROR"
    assert not User.objects.filter(username="x@y.example").exists()


def test_a_long_question_is_cut_and_not_lost():
    query = "[Plugin] " + "why? " * 4000

    assert Plugin(*PUBLIC).post("rest/customer/contact-us", headers=UNSIGNED, query=query) == "Query submitted."
    assert Ticket.objects.get().entries.get().text.startswith("[Plugin] why?")


def test_a_suspended_customers_site_can_do_nothing(plugin, key):
    Customer.objects.filter(pk=key.customer_id).update(suspended_at=timezone.now())

    assert plugin.post("api/admin/users/create", username="x@y.example")["status"] == "ERROR"
    assert not User.objects.filter(username="x@y.example").exists()


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


def test_a_retried_update_is_harmless_and_a_retried_creation_refused(plugin):
    headers = plugin.headers()
    body = {"username": "nora@shop.example", "phone": "+4791234567"}
    again = [plugin.post("api/admin/users/update", body=body, headers=headers)["status"] for _ in range(2)]
    headers = plugin.headers()
    made = [plugin.post("api/admin/users/create", body={"username": "b"}, headers=headers)["status"] for _ in range(2)]

    assert again == ["SUCCESS", "SUCCESS"]
    assert made == ["SUCCESS", "ERROR"]
