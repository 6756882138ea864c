"""Transactions by the native API: begun, judged, given up; what is no pass is never a 200."""

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from accounts.audit import SYSTEM
from accounts.models import Message, WebhookDelivery
from accounts.scopes import Scope
from accounts.verbs.testing import test_customer as universe
from accounts.webhooks import verbs as webhooks
from mfa import codes
from mfa.base32 import decode
from mfa.models import Policy, Transaction
from tests.factories import AuthenticatorFactory, CustomerFactory, SiteFactory, UserFactory
from tests.mfa.api.client import program

pytestmark = pytest.mark.django_db


def app_code(at=None):
    step = int((at or timezone.now()).timestamp()) // 30
    return str(hotp(decode("JBSWY3DPEHPK3PXP"), step, 6)).zfill(6)


@pytest.fixture
def one():
    return program()


@pytest.fixture
def nora(one):
    return AuthenticatorFactory(user__customer=one.customer).user


@pytest.mark.product("api-2")
def test_a_right_answer_passes_once(one, nora):
    begun = one.post("transactions", {"username": nora.username.upper(), "method": "totp"})
    assert (one.status, begun["state"], begun["user"]) == (201, "pending", nora.public_id)

    passed = one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})

    assert (one.status, passed) == (200, {"verdict": "passed", "transaction": begun["id"], "assurance": "aal2"})
    again = one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    assert (one.status, again["verdict"]) == (410, "expired")
    assert one.get(f"transactions/{begun['id']}")["state"] == "approved"


def test_a_wrong_answer_is_no_success_and_says_how_many_tries_are_left(one, nora):
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})
    for left in (4, 3, 2, 1, 0):
        said = one.post(f"transactions/{begun['id']}/verify", {"response": "000000x"})
        assert (one.status, said["code"], said["tries_left"]) == (422, "wrong", left)
    said = one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    assert one.status in {410, 429}
    assert said["verdict"] in {"expired", "throttled"}


def test_without_a_method_the_user_is_asked_for_what_they_have(one, nora):
    assert one.post("transactions", {"user": nora.public_id})["method"] == "totp"


def test_a_code_is_sent_and_its_address_masked(one):
    user = UserFactory(customer=one.customer)

    begun = one.post("transactions", {"user": user.public_id, "method": "email_code"})

    assert begun["sent_to"] == "p•••@site.example"
    passed = one.post(f"transactions/{begun['id']}/verify", {"response": codes.derive(Transaction.objects.get())})
    assert passed["verdict"] == "passed"
    message = one.get(f"messages?transaction={begun['id']}")["data"][0]
    assert (message["state"], message["channel"], message["to"]) == ("queued", "email", "p•••@site.example")


@pytest.mark.product("api-7")
def test_in_test_mode_the_code_is_123456_and_nothing_is_sent(one, django_capture_on_commit_callbacks):
    test = program(customer=universe(one.customer, SYSTEM))
    user = UserFactory(customer=test.customer)

    with django_capture_on_commit_callbacks() as handed_over:
        begun = test.post("transactions", {"user": user.public_id, "method": "email_code"})

    assert handed_over == []
    assert Message.objects.get().state == "kept"
    assert test.post(f"transactions/{begun['id']}/verify", {"response": "654321"})["code"] == "wrong"
    assert test.post(f"transactions/{begun['id']}/verify", {"response": "123456"})["verdict"] == "passed"


@pytest.mark.product("api-7")
@pytest.mark.parametrize("method", ["sms_code", "voice_code", "sms_and_email_code"])
def test_in_test_mode_text_messages_and_calls_need_no_provider(one, settings, method):
    settings.SMS_URLS, settings.VOICE_URLS = [], []
    test = program(customer=universe(one.customer, SYSTEM))
    asked = {"method": method}
    live, tried = (UserFactory(customer=each.customer, phone="+4740012345") for each in (one, test))

    assert one.post("transactions", {"user": live.public_id, **asked})["reason"] == "not_offered"
    begun = test.post("transactions", {"user": tried.public_id, **asked})
    assert {message.state for message in Message.objects.all()} == {"kept"}
    assert test.post(f"transactions/{begun['id']}/verify", {"response": "123456"})["verdict"] == "passed"


@pytest.mark.parametrize(("allow", "state"), [(True, "approved"), (False, "denied")])
def test_in_test_mode_a_mailed_link_is_answered_by_a_call_and_in_live_mode_never(one, allow, state):
    test = program(customer=universe(one.customer, SYSTEM))
    for program_, answer in ((one, "forbidden"), (test, None)):
        user = UserFactory(customer=program_.customer)
        begun = program_.post("transactions", {"user": user.public_id, "method": "email_link"})
        path = f"transactions/{begun['id']}/answer"
        assert program_.post(path, {"allow": allow}).get("code") == answer
    assert test.get(f"transactions/{begun['id']}")["state"] == state
    assert test.post(path, {"allow": True})["code"] == "ended"


def test_an_answer_costs_two_more_where_a_webhook_wants_to_know(one, nora, django_assert_num_queries):
    webhooks.add(one.customer, "shop", "https://shop.example/in", [], SYSTEM)
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})

    with django_assert_num_queries(1 + 3 + 2 + 2):
        one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    assert WebhookDelivery.objects.get(event="authentication.passed").endpoint.name == "shop"


@pytest.mark.product("api-7")
def test_live_codes_are_never_the_fixed_one(one):
    user = UserFactory(customer=one.customer)
    begun = one.post("transactions", {"user": user.public_id, "method": "email_code"})

    assert codes.derive(Transaction.objects.get(public_id=begun["id"])) != "123456"
    assert one.post(f"transactions/{begun['id']}/verify", {"response": "123456"})["code"] == "wrong"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"username": "nobody"}, 422, "unknown_user"),
        ({"username": "nora", "method": "totp"}, 422, "not_enrolled"),
        ({"username": "nora", "method": "no such method"}, 400, None),
        ({"username": "nora", "authenticator": "none"}, 422, "not_enrolled"),
        ({"username": "nora", "site": "none"}, 400, None),
        ({}, 400, None),
        ({"user": "nobody"}, 404, None),
        ({"username": "a\u202eb"}, 400, None),
    ],
)
def test_what_cannot_begin_says_why_and_writes_nothing(one, body, status, reason):
    UserFactory(customer=one.customer, username="nora", email="")

    said = one.post("transactions", body)

    assert (one.status, said.get("reason")) == (status, reason)
    assert one.answer["Content-Type"] == "application/problem+json"
    assert not Transaction.objects.exists()


@pytest.mark.product("api-6")
def test_problems_are_told_in_the_language_asked_for(one):
    said = one.get("users/nobody", **{"Accept-Language": "nb"})

    assert said["code"] == "not_found"
    assert one.answer["Content-Language"] == "nb"


def test_the_policy_of_a_tokens_site_decides(nora):
    site = SiteFactory(customer=nora.customer)
    other = SiteFactory(customer=nora.customer)
    Policy.objects.create(customer=nora.customer, site=site, version=1, rules={"methods": ["email_code"]})
    here = program(customer=nora.customer, site=site)

    assert here.post("transactions", {"user": nora.public_id, "method": "totp"})["reason"] == "policy"
    assert here.post("transactions", {"user": nora.public_id, "site": other.public_id})["code"] == "not_usable"
    begun = here.post("transactions", {"user": nora.public_id})
    assert (begun["method"], begun["site"]) == ("email_code", site.public_id)
    rules = {line["rule"]: line for line in here.get(f"policies/effective?user={nora.public_id}")["rules"]}
    assert rules["methods"]["decided_by"]["site"] == site.public_id
    assert rules["tries"] == {"rule": "tries", "value": 5, "decided_by": None}


@pytest.mark.product("api-2")
def test_one_given_up_takes_no_answer(one, nora):
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})

    assert one.post(f"transactions/{begun['id']}/cancel")["state"] == "expired"
    one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    assert one.status == 410


@pytest.mark.promise("S10")
def test_another_customers_transaction_is_neither_read_nor_answered_nor_ended(one, nora):
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})
    other = program()

    assert other.get(f"transactions/{begun['id']}")["code"] == "not_found"
    assert other.post(f"transactions/{begun['id']}/cancel")["code"] == "not_found"
    assert other.post(f"transactions/{begun['id']}/verify", {"response": app_code()})["code"] == "ended"
    assert other.get("transactions")["data"] == []
    assert one.get(f"transactions/{begun['id']}")["state"] == "pending"


def test_a_token_of_one_site_sees_nothing_of_anothers(one, nora):
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})
    site = program(customer=one.customer, site=SiteFactory(customer=one.customer))

    assert site.get(f"transactions/{begun['id']}")["code"] == "not_found"
    assert site.get("transactions")["data"] == []
    said = site.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    assert (site.status, said["verdict"]) == (410, "expired")
    assert one.get(f"transactions/{begun['id']}")["state"] == "pending"


@pytest.mark.parametrize(
    "odd", [None, True, 0, 123456, [], {}, ["123456"], "", "１２３４５６", "1_2345", {"code": "1"}]
)
def test_an_odd_answer_never_passes(one, nora, odd):
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})

    one.post(f"transactions/{begun['id']}/verify", {"response": odd})

    assert one.status in {400, 422}


def test_what_each_hot_call_costs(one, nora, django_assert_num_queries):
    """The token is one; docs/performance.md tells the rest."""
    begun = one.post("transactions", {"user": nora.public_id, "method": "totp"})
    with django_assert_num_queries(1 + 1):
        one.get(f"transactions/{begun['id']}")
    with django_assert_num_queries(1 + 3 + 2):  # begin and commit count as savepoints here
        one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    user = UserFactory(customer=one.customer)
    one.post("transactions", {"user": user.public_id, "method": "email_code"})
    with django_assert_num_queries(1 + 1 + 1 + 4):  # token, user, policy, what a challenge by mail costs
        one.post("transactions", {"user": user.public_id, "method": "email_code"})


@pytest.mark.product("api-5")
def test_lists_come_in_parts_newest_first_and_uncounted(one, nora, django_assert_num_queries):
    for number in range(5):
        UserFactory(customer=one.customer, username=f"user{number}")
    seen, cursor = [], ""
    for part in (2, 2, 2):
        with django_assert_num_queries(2):
            answer = one.get(f"users?limit=2{cursor}")
        assert len(answer["data"]) == part
        seen += [user["username"] for user in answer["data"]]
        cursor = f"&cursor={answer['next']}"
    assert answer["next"] is None
    assert seen == ["user4", "user3", "user2", "user1", "user0", nora.username]
    assert one.get("users?cursor=AAAA")["code"] == "not_usable"
    assert one.get("users?limit=0")["errors"][0]["field"] == "limit"


def test_scopes_of_transactions_are_two(nora):
    asks = program(Scope.TRANSACTIONS, customer=nora.customer)
    begun = asks.post("transactions", {"user": nora.public_id})

    assert asks.status == 201
    assert asks.get(f"transactions/{begun['id']}")["scope"] == "transactions:read"


def test_a_suspended_customer_asks_nobody():
    customer = CustomerFactory(suspended_at=timezone.now())

    assert program(customer=customer).post("transactions", {"username": "x"})["code"] == "suspended"
