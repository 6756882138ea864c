"""verify(): one answer, one verdict, and what wrong answers cost."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit
from accounts.models import AuditRecord
from mfa import codes, verbs
from mfa.base32 import decode
from mfa.contract import METHODS, Reason, Refusal, Verdict
from mfa.models import Authenticator, Transaction
from tests.factories import AuthenticatorFactory, CustomerFactory, SiteFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db
BY = audit.SYSTEM
SECRET = "JBSWY3DPEHPK3PXP"


def verdict(txn, response):
    return verbs.verify(txn.customer, txn.public_id, response, BY).verdict


def later(**delta):
    """Open authenticators to a later time: the database's clock cannot be moved, so its rows are."""
    Authenticator.objects.update(wait_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.requirement("R-38")
@pytest.mark.promise("S5")
def test_a_code_passes_once_and_never_again():
    txn = TransactionFactory()
    code = codes.derive(txn)

    assert verdict(txn, code) is Verdict.PASSED
    assert verdict(txn, code) is Verdict.REPLAYED


def test_a_code_may_be_typed_with_spaces():
    txn = TransactionFactory()
    code = codes.derive(txn)

    assert verdict(txn, f" {code[:3]} {code[3:]}") is Verdict.PASSED


@pytest.mark.promise("S7")
@pytest.mark.parametrize(
    "odd", [None, "", True, 0, 123456, [], {}, "１２３４５６", "12_3456", "0x1234", "+12345", "1" * 5000]
)
def test_whatever_is_no_code_is_wrong_and_counted(odd):
    txn = TransactionFactory()

    assert verdict(txn, odd) is Verdict.WRONG
    assert Transaction.objects.get(pk=txn.pk).tries == 1


@pytest.mark.product("policy-5")
def test_five_wrong_answers_end_a_transaction_and_the_right_one_comes_too_late():
    txn = TransactionFactory()
    code = codes.derive(txn)

    assert [verdict(txn, "no") for _ in range(5)] == [Verdict.WRONG] * 5
    assert verdict(txn, code) is Verdict.EXPIRED
    assert Transaction.objects.get(pk=txn.pk).state == Transaction.State.FAILED


@pytest.mark.requirement("R-38")
def test_an_expired_transaction_takes_no_answer():
    txn = TransactionFactory(expires_at=timezone.now() - timedelta(seconds=1))

    assert verdict(txn, codes.derive(txn)) is Verdict.EXPIRED


@pytest.mark.promise("S1")
def test_a_new_transaction_does_not_forget_the_wrong_answers_of_the_last():
    first = TransactionFactory()
    for _ in range(5):
        verdict(first, "no")
    second = TransactionFactory(authenticator=first.authenticator)

    assert verdict(second, codes.derive(second)) is Verdict.THROTTLED


@pytest.mark.promise("S3")
def test_a_right_answer_while_waiting_is_refused_and_resets_nothing():
    first = TransactionFactory()
    for _ in range(5):
        verdict(first, "no")
    second = TransactionFactory(authenticator=first.authenticator)
    verdict(second, codes.derive(second))

    assert Authenticator.objects.get(pk=first.authenticator_id).failures == 5


@pytest.mark.promise("S3")
def test_waiting_ends_with_one_try_not_with_five():
    first = TransactionFactory()
    for _ in range(5):
        verdict(first, "no")
    later()
    second = TransactionFactory(authenticator=first.authenticator)

    assert verdict(second, "no") is Verdict.WRONG
    assert verdict(second, "no") is Verdict.THROTTLED


@pytest.mark.promise("S1")
@pytest.mark.product("policy-5")
def test_a_hundred_wrong_answers_in_a_row_switch_this_authenticator_off_and_tell_its_owner():
    authenticator = AuthenticatorFactory(method="email_code", secret=None, failures=99)
    other = AuthenticatorFactory(user=authenticator.user)
    txn = TransactionFactory(authenticator=authenticator)

    verdict(txn, "no")

    authenticator.refresh_from_db()
    assert authenticator.off_at is not None
    assert authenticator.user.messages.filter(kind="mfa.factor_changed").count() == 1
    assert verbs.verify_direct(other.user, ["totp"], code_at(timezone.now()), BY).verdict is Verdict.PASSED


@pytest.mark.promise("S1")
def test_guessing_for_ever_never_gets_more_than_a_hundred_tries():
    authenticator = AuthenticatorFactory(method="email_code", secret=None)
    judged = 0
    for _ in range(200):
        txn = TransactionFactory(authenticator=authenticator)
        later()
        judged += sum(verdict(txn, "no") is Verdict.WRONG for _ in range(5))

    assert judged <= 104


@pytest.mark.promise("S6")
@pytest.mark.parametrize("field", ["customer", "user", "method", "nonce", "purpose", "authenticator"])
def test_a_code_is_bound_to_everything_it_was_made_for(field):
    txn = TransactionFactory()
    code = codes.derive(txn)
    other = TransactionFactory()
    value = {"method": "sms_code", "purpose": Transaction.Purpose.ENROL}.get(field, getattr(other, field))
    setattr(txn, field, value)

    assert codes.derive(txn) != code


@pytest.mark.promise("S10")
def test_another_customers_transaction_does_not_exist():
    txn = TransactionFactory()

    assert verbs.verify(CustomerFactory(), txn.public_id, codes.derive(txn), BY).verdict is Verdict.EXPIRED
    assert Transaction.objects.get(pk=txn.pk).tries == 0


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", ["disabled_at", "restricted_at", "erased_at"])
def test_a_user_who_is_out_cannot_prove_anything(state):
    txn = TransactionFactory()
    setattr(txn.user, state, timezone.now())
    txn.user.save()

    assert verdict(txn, codes.derive(txn)) is Verdict.EXPIRED


def test_every_verdict_leaves_a_record_without_the_answer():
    txn = TransactionFactory()
    verdict(txn, "424242")
    verdict(txn, codes.derive(txn))

    records = list(AuditRecord.objects.order_by("pk").values_list("action", flat=True))
    assert records == ["mfa.refused", "mfa.passed"]
    assert "424242" not in str(list(AuditRecord.objects.values()))


def code_at(moment, secret=SECRET):
    return str(hotp(decode(secret), int(moment.timestamp()) // 30, 6)).zfill(6)


@pytest.fixture(autouse=True)
def away_from_a_steps_edge():
    """The database's clock cannot be stopped.

    So a test that would begin in a step's last seconds waits for the next.
    """
    if time.time() % 30 > 28:
        time.sleep(2.1)


@pytest.mark.promise("S5")
def test_a_totp_step_is_never_accepted_twice_nor_an_earlier_one():
    one = AuthenticatorFactory()
    now = timezone.now()
    previous, current = code_at(now - timedelta(seconds=30)), code_at(now)

    assert verbs.verify_direct(one.user, ["totp"], current, BY).verdict is Verdict.PASSED
    assert verbs.verify_direct(one.user, ["totp"], current, BY).verdict is Verdict.REPLAYED
    assert verbs.verify_direct(one.user, ["totp"], previous, BY).verdict is Verdict.REPLAYED


@pytest.mark.parametrize(
    ("off_by", "expected"), [(-90, "wrong"), (-30, "passed"), (0, "passed"), (30, "passed"), (90, "wrong")]
)
def test_an_apps_clock_may_be_one_step_off(off_by, expected):
    one = AuthenticatorFactory()

    judged = verbs.verify_direct(one.user, ["totp"], code_at(timezone.now() + timedelta(seconds=off_by)), BY)

    assert judged.verdict == expected


def test_answers_without_a_transaction_share_the_open_one_and_its_five_tries():
    one = AuthenticatorFactory()
    for _ in range(3):
        verbs.verify_direct(one.user, ["totp"], "000000x", BY)

    assert Transaction.objects.filter(user=one.user).count() == 1
    assert Transaction.objects.get(user=one.user).tries == 3


def test_begin_closes_the_older_challenge_of_the_same_person_and_method():
    user = UserFactory()
    first = verbs.begin(user.customer, method="email_code", user=user, by=BY)
    second = verbs.begin(user.customer, method="email_code", user=user, by=BY)

    assert verdict(first.transaction, codes.derive(first.transaction)) is Verdict.EXPIRED
    assert verdict(second.transaction, codes.derive(second.transaction)) is Verdict.PASSED


@pytest.mark.requirement("R-38")
@pytest.mark.promise("S9")
def test_a_code_to_another_address_proves_that_address_alone_and_the_known_one_is_told():
    user = UserFactory()
    begun = verbs.begin(user.customer, method="email_code", user=user, email="else@where.example", by=BY)

    assert begun.transaction.purpose == Transaction.Purpose.ENROL
    assert user.messages.filter(kind="mfa.other_address").count() == 1


@pytest.mark.promise("S9")
def test_a_strict_customer_sends_to_known_addresses_only():
    user = UserFactory(customer__strict_addresses=True)
    begun = verbs.begin(user.customer, method="email_code", user=user, email="else@where.example", by=BY)

    assert begun.prompt.deliveries[0].address == user.email


def test_an_unconfirmed_customer_reaches_nobody_but_itself():
    user = UserFactory(customer__confirmed_at=None)

    assert verbs.begin(user.customer, method="email_code", user=user, by=BY) == Refusal(Reason.NOT_CONFIRMED)
    assert Transaction.objects.count() == 0


def test_wrong_answers_to_a_strangers_address_count_across_transactions():
    site = SiteFactory()
    first = verbs.begin(site.customer, method="email_code", email="new@person.example", site=site, by=BY)
    for _ in range(5):
        verdict(first.transaction, "no")

    again = verbs.begin(site.customer, method="email_code", email="NEW@person.example", site=site, by=BY)

    assert isinstance(again, Refusal)
    assert again.reason is Reason.WAITING


def test_a_pass_lets_in_once_though_the_lasting_authenticator_waits():
    txn = TransactionFactory()
    for _ in range(5):
        verdict(txn, "no")
    verbs.let_in_once(txn.user, timezone.now() + timedelta(hours=1), "phone lost", BY)
    begun = verbs.begin(txn.customer, method="email_code", user=txn.user, by=BY)

    assert verdict(begun.transaction, codes.derive(begun.transaction)) is Verdict.PASSED
    assert verbs.living_pass(txn.user) is None


@pytest.mark.promise("S9")
def test_a_secret_that_was_reset_never_enrols_itself_anew():
    one = AuthenticatorFactory()
    user = one.user
    verbs.reset(one, BY, "phone lost")

    judged = verbs.adopt(user, "totp", SECRET, code_at(timezone.now()), BY)

    assert judged.verdict is Verdict.WRONG
    assert not Authenticator.objects.filter(user=user, confirmed=True).exists()


def test_asking_for_a_new_secret_leaves_the_active_one_alone():
    one = AuthenticatorFactory()
    verbs.enrol(one.user, "totp", BY)

    assert verbs.verify_direct(one.user, ["totp"], code_at(timezone.now()), BY).verdict is Verdict.PASSED


def test_a_proved_new_secret_replaces_the_old_one_and_carries_its_failures_over():
    one = AuthenticatorFactory(failures=4)
    pending = verbs.enrol(one.user, "totp", BY)

    assert (
        verbs.confirm(one.user, "totp", code_at(timezone.now(), pending.pending_secret), BY).verdict is Verdict.PASSED
    )
    one.refresh_from_db()
    assert one.secret == pending.pending_secret
    assert one.failures == 4
    assert verbs.verify_direct(one.user, ["totp"], code_at(timezone.now()), BY).verdict is Verdict.WRONG


def test_a_site_that_keeps_secrets_itself_enrols_and_then_logs_in():
    user = UserFactory()
    code = code_at(timezone.now())

    assert verbs.adopt(user, "totp", SECRET, code, BY).verdict is Verdict.PASSED
    assert verbs.adopt(user, "totp", SECRET, code, BY).verdict is Verdict.REPLAYED


@pytest.mark.requirement("R-32")
@pytest.mark.product("method-7")
def test_two_questions_of_three_are_asked_and_both_must_be_right():
    user = UserFactory()
    pairs = [("First pet", "Rex"), ("First school", "Møhlenpris"), ("Mother's town", "Bodø")]
    verbs.set_up(user, "kba", BY, pairs)
    answers = {question: answer.upper() for question, answer in pairs}
    begun = verbs.begin(user.customer, method="kba", user=user, by=BY)
    right = [{"question": q, "answer": f" {answers[q]} "} for q in begun.prompt.questions]

    assert len(right) == 2
    assert verdict(begun.transaction, [right[0], {**right[1], "answer": "no"}]) is Verdict.WRONG
    assert verdict(begun.transaction, right) is Verdict.PASSED


def test_every_method_counts_a_wrong_response():
    for key in METHODS:
        one = AuthenticatorFactory(method=key, data={"questions": [{"question": "q", "answer": "!"}] * 3})
        txn = TransactionFactory(authenticator=one, asked=[0, 1] if key == "kba" else [])
        assert verdict(txn, "wrong") is Verdict.WRONG, key
        assert Authenticator.objects.get(pk=one.pk).failures == 1, key
