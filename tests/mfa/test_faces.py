"""What is spent through one call or page is spent in every other, and who is out is out at every one."""

import json
import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts import audit, links
from accounts import verbs as people
from accounts.models import Link
from mfa import codes, verbs
from mfa.contract import METHODS
from mfa.models import Authenticator, Transaction
from tests.factories import ApiKeyFactory, AuthenticatorFactory, TransactionFactory, UserFactory, member
from tests.mfa.compat.plugin import Plugin
from tests.mfa.doors.help import code_of, sign_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
APP = "GOOGLE AUTHENTICATOR"
STATES = ("disabled_at", "restricted_at", "erased_at")
PAIRS = [("First pet", "Rex"), ("First school", "Møhlenpris"), ("Mother's town", "Bodø")]


@pytest.fixture(autouse=True)
def away_from_a_steps_edge():
    """A code must not change between two calls: a test that would begin in a step's last seconds waits."""
    if time.time() % 30 > 25:
        time.sleep(30 - time.time() % 30 + 0.1)


@pytest.fixture
def plugin(key):
    return Plugin.of(key)


@pytest.fixture
def key(db):
    return ApiKeyFactory()


def by_name(plugin, user, code):
    return plugin.post("api/auth/validate", username=user.username, authType=APP, token=code)


def by_transaction(plugin, user, code):
    begun = plugin.post("api/auth/challenge", username=user.username, authType=APP)
    return plugin.post("api/auth/validate", txId=begun.get("txId", "none"), token=code)


def by_secret(plugin, user, code):
    return plugin.post("api/auth/validate-google-auth-secret", username=user.username, secret=SECRET, otpToken=code)


def by_registering(plugin, user, code):
    body = {"username": user.username, "registrationType": APP, "secret": SECRET, "otpToken": code}
    return plugin.post("api/auth/register", body=body)


CALLS = (by_name, by_transaction, by_secret, by_registering)


@pytest.mark.promise("S5")
@pytest.mark.parametrize("second", CALLS)
@pytest.mark.parametrize("first", CALLS)
@pytest.mark.product("method-1")
def test_an_apps_code_is_spent_for_every_call_at_once(plugin, key, first, second):
    one = AuthenticatorFactory(user__customer=key.customer)
    code = code_of(one)

    assert first(plugin, one.user, code)["status"] == "SUCCESS"
    assert second(plugin, one.user, code)["status"] in {"ALREADY_USED", "FAILED"}


@pytest.mark.promise("S5")
def test_an_apps_code_that_signed_in_does_not_confirm_and_the_other_way_round():
    user = member()
    one = AuthenticatorFactory(user=user)
    here, there = Client(), Client()
    code = code_of(one)
    sign_in(here, user)
    assert here.post("/sign-in/code/", {"code": code}).status_code == 302
    sign_in(there, user)
    assert there.post("/sign-in/code/", {"code": code}).status_code == 200
    here.post("/confirm/", {"method": "totp"})
    confirmed = here.post("/confirm/", {"code": code})

    assert confirmed.status_code == 200
    assert "_auth_user_id" not in there.session


@pytest.mark.promise("S5")
@pytest.mark.parametrize("method", [key for key, method in METHODS.items() if not method.needs_enrolment])
def test_what_was_sent_is_spent_once_by_whichever_method(plugin, key, method):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    begun = verbs.begin(key.customer, method=method, user=user, by=audit.SYSTEM)
    txn = begun.transaction
    if METHODS[method].polls:
        link = Link.objects.get(about=txn.public_id)
        outcomes = [verbs.decide(link, True, audit.SYSTEM).verdict for _ in range(2)]
        assert outcomes == ["passed", "expired"]
        return
    answers = [plugin.post("api/auth/validate", txId=txn.public_id, token=codes.derive(txn)) for _ in range(2)]

    assert answers[0]["status"] == "SUCCESS"
    assert answers[1]["status"] != "SUCCESS"


@pytest.mark.promise("S5")
def test_answers_to_questions_are_taken_once(plugin, key):
    user = UserFactory(customer=key.customer)
    verbs.set_up(user, "kba", audit.SYSTEM, PAIRS)
    begun = plugin.post("api/auth/challenge", username=user.username, authType="KBA")
    known = dict(PAIRS)
    answers = [{"question": q["question"], "answer": known[q["question"]]} for q in begun["questions"]]
    given = {"txId": begun["txId"], "username": user.username, "answers": answers}

    assert plugin.post("api/auth/validate", body=given)["status"] == "SUCCESS"
    assert plugin.post("api/auth/validate", body=given)["status"] != "SUCCESS"


def keep_out(user, state):
    if state == "erased_at":
        people.request_erasure(user, audit.SYSTEM)
        return
    setattr(user, state, timezone.now())
    user.save()


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("call", CALLS)
def test_who_is_out_proves_nothing_by_an_app(plugin, key, call, state):
    one = AuthenticatorFactory(user__customer=key.customer)
    keep_out(one.user, state)

    assert call(plugin, one.user, code_of(one))["status"] != "SUCCESS"
    assert Authenticator.objects.get(pk=one.pk).last_step == one.last_step


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("path", ["api/auth/validate-google-auth-secret", "api/auth/register"])
def test_who_is_out_is_not_let_in_by_enrolling(plugin, key, path, state):
    user = AuthenticatorFactory(user__customer=key.customer).user
    keep_out(user, state)
    new = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    body = {"username": user.username, "registrationType": APP, "secret": new, "otpToken": code_of(None, new)}

    assert plugin.post(path, body=body)["status"] != "SUCCESS"


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["EMAIL", "SMS", "SMS AND EMAIL", "OUT OF BAND EMAIL", "KBA", APP])
def test_who_is_out_is_asked_for_nothing(plugin, key, name, state):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    AuthenticatorFactory(user=user)
    verbs.set_up(user, "kba", audit.SYSTEM, PAIRS)
    keep_out(user, state)
    before = user.messages.count()
    reply = plugin.post("api/auth/challenge", username=user.username, authType=name, email=user.email)

    assert reply["status"] in {"FAILED", "ERROR"}
    assert user.messages.count() == before


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", STATES)
def test_who_is_out_meanwhile_gets_in_neither_by_a_code_nor_by_a_link_nor_by_a_pass(client, plugin, key, state):
    user = UserFactory(customer=key.customer)
    sent = verbs.begin(key.customer, method="email_code", user=user, by=audit.SYSTEM).transaction
    linked = verbs.begin(key.customer, method="email_link", user=user, by=audit.SYSTEM).transaction
    verbs.let_in_once(user, timezone.now() + timezone.timedelta(hours=1), "lost", audit.SYSTEM)
    keep_out(user, state)
    client.get(f"/l/{links.token(Link.objects.get(about=linked.public_id))}")
    client.post("/l/", {"answer": "allow"})
    reply = plugin.post("api/auth/validate", txId=sent.public_id, token=codes.derive(sent))

    assert reply["status"] != "SUCCESS"
    assert not Transaction.objects.filter(user=user, state=Transaction.State.APPROVED).exists()
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] in {"FAILED", "ERROR"}


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", ["disabled_at", "erased_at"])
def test_a_member_who_is_out_meanwhile_is_out_at_the_second_step_and_in_every_session(client, state):
    user = member()
    one = AuthenticatorFactory(user=user)
    inside = Client()
    sign_in(inside, user)
    inside.post("/sign-in/code/", {"code": code_of(one)})
    assert inside.get("/dashboard/").status_code == 200
    Authenticator.objects.update(last_step=0)
    sign_in(client, user)
    keep_out(user, state)

    assert client.post("/sign-in/code/", {"code": code_of(one)}).status_code == 302
    assert "_auth_user_id" not in client.session
    assert inside.get("/dashboard/").status_code == 302


@pytest.mark.promise("S34")
@pytest.mark.parametrize("name", ["EMAIL", "SMS", "SMS AND EMAIL", "PHONE VERIFICATION"])
def test_no_answer_of_the_dialect_holds_the_code(plugin, key, name):
    user = UserFactory(customer=key.customer, phone="+4791234567")
    begun = plugin.post("api/auth/challenge", username=user.username, authType=name)
    txn = Transaction.objects.get(public_id=begun["txId"])
    code, answers = codes.derive(txn), [begun]
    answers.append(plugin.post("api/auth/validate", txId=txn.public_id, token="no"))
    answers.append(plugin.post("api/auth/auth-status", txId=txn.public_id))
    answers.append(plugin.post("api/admin/users/get", username=user.username))
    answers.append(plugin.post("api/admin/users/getall"))
    answers.append(plugin.post("api/auth/validate", txId=txn.public_id, token=code))
    answers.append(plugin.post("api/auth/validate", txId=txn.public_id, token=code))

    assert answers[-2]["status"] == "SUCCESS"
    assert code not in json.dumps(answers)


@pytest.mark.promise("R8")
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_of_ours_that_is_wrong_brings_back_no_spent_step_and_no_expired_code(time_machine, hours):
    one = AuthenticatorFactory()
    now = time.time()
    code = code_of(one)
    assert verbs.verify_direct(one.user, ["totp"], code, audit.SYSTEM).verdict == "passed"
    old = TransactionFactory(expires_at=timezone.now() - timezone.timedelta(seconds=1))
    fresh = TransactionFactory()
    time_machine.move_to(now + hours * 3600)

    assert verbs.verify_direct(one.user, ["totp"], code, audit.SYSTEM).verdict == "replayed"
    assert verbs.verify_direct(one.user, ["totp"], code_of(one), audit.SYSTEM).verdict == "wrong"
    assert verbs.verify(old.customer, old.public_id, codes.derive(old), audit.SYSTEM).verdict == "expired"
    assert verbs.verify(fresh.customer, fresh.public_id, codes.derive(fresh), audit.SYSTEM).verdict == "passed"


@pytest.mark.promise("S20")
def test_a_strangers_thousand_wrong_answers_make_the_owner_wait_half_an_hour_at_most(plugin, key):
    """Where no visitor is known there is one lane; refused tries count nothing, so a flood makes no wait longer."""
    one = AuthenticatorFactory(user__customer=key.customer)
    for _ in range(20):
        Authenticator.objects.update(wait_until=None)
        for _ in range(5):
            by_name(plugin, one.user, "no")
    waits = [verbs.verify_direct(one.user, ["totp"], "no", audit.SYSTEM).wait for _ in range(100)]

    assert max(waits) <= 1801


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_a_strangers_wrong_answers_leave_the_owners_own_network_alone():
    one = AuthenticatorFactory()
    for _ in range(50):
        verbs.verify_direct(one.user, ["totp"], "no", audit.SYSTEM, visitor="198.51.100.0/24")

    assert (
        verbs.verify_direct(one.user, ["totp"], code_of(one), audit.SYSTEM, visitor="192.0.2.0/24").verdict == "passed"
    )
