"""Of many answers at once one wins, and guessing in parallel gains nothing: real threads on PostgreSQL."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit, replay
from mfa import codes, verbs
from mfa.base32 import decode
from mfa.contract import Verdict
from mfa.models import Authenticator, Transaction
from tests.factories import AuthenticatorFactory, CustomerFactory, TransactionFactory, UserFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def at_once(times, call):
    """The outcomes of `call(number)` made by that many threads at the same moment."""
    barrier = Barrier(times)

    def one(number):
        try:
            barrier.wait()
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


@pytest.mark.product("shown-2")
@pytest.mark.promise("S2", "S5")
def test_of_twenty_right_codes_at_once_exactly_one_passes():
    txn = TransactionFactory()
    code = codes.derive(txn)

    verdicts = at_once(20, lambda _n: verbs.verify(txn.customer, txn.public_id, code, audit.SYSTEM).verdict)

    assert verdicts[Verdict.PASSED] == 1
    assert verdicts[Verdict.REPLAYED] == 19


@pytest.mark.product("shown-2")
@pytest.mark.promise("S2")
def test_of_fifty_wrong_codes_at_once_no_more_than_five_are_judged():
    txn = TransactionFactory()

    verdicts = at_once(50, lambda n: verbs.verify(txn.customer, txn.public_id, f"no{n}", audit.SYSTEM).verdict)

    assert verdicts[Verdict.WRONG] == 5
    assert Authenticator.objects.get(pk=txn.authenticator_id).failures == 5


@pytest.mark.promise("S5")
def test_of_twenty_equal_totp_codes_at_once_exactly_one_passes():
    one = AuthenticatorFactory()
    code = str(hotp(decode(one.secret), int(timezone.now().timestamp()) // 30, 6)).zfill(6)

    verdicts = at_once(20, lambda _n: verbs.verify_direct(one.user, ["totp"], code, audit.SYSTEM).verdict)

    assert verdicts[Verdict.PASSED] == 1
    assert Transaction.objects.filter(state="approved").count() == 1


def test_of_fifty_wrong_totp_codes_at_once_no_more_than_five_are_judged():
    one = AuthenticatorFactory()

    verdicts = at_once(50, lambda _n: verbs.verify_direct(one.user, ["totp"], "no", audit.SYSTEM).verdict)

    assert verdicts[Verdict.WRONG] == 5


def test_of_twenty_challenges_at_once_one_stays_open():
    user = UserFactory()

    at_once(20, lambda _n: bool(verbs.begin(user.customer, method="email_code", user=user, by=audit.SYSTEM)))

    assert Transaction.objects.filter(user=user, state="pending").count() <= 1
    assert Authenticator.objects.filter(user=user).count() == 1


@pytest.mark.promise("S13")
def test_of_twenty_equal_signed_calls_at_once_one_is_the_first():
    customer = CustomerFactory()

    seen = at_once(20, lambda _n: replay.note(customer, "1763959475123", "/x", b"{}", shared=False))

    assert seen[replay.Seen.FIRST] == 1


def test_of_twenty_decisions_on_one_link_at_once_one_counts():
    user = UserFactory()
    verbs.begin(user.customer, method="email_link", user=user, by=audit.SYSTEM)
    link = user.messages.get().link

    verdicts = at_once(20, lambda n: verbs.decide(link, n % 2 == 0, audit.SYSTEM).verdict)

    assert verdicts[Verdict.PASSED] == 1
