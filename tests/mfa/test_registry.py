"""One walk over the registry: every method keeps the same promises, whatever it asks and however it is answered."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone, translation

from accounts import verbs as people
from accounts.assurance import Assurance
from mfa import verbs
from mfa.contract import METHODS, Begun, Reason, Refusal, Verdict
from mfa.models import Authenticator, Transaction
from tests.factories import CustomerFactory, UserFactory
from tests.mfa.proving import BY, Prover, prover
from tests.mfa.test_races import at_once

pytestmark = pytest.mark.django_db
every_method = pytest.mark.parametrize("method", METHODS)
ENROLLED = [key for key, method in METHODS.items() if method.needs_enrolment]


@pytest.fixture(autouse=True)
def away_from_a_steps_edge():
    """An app's code must not change within a test."""
    if time.time() % 30 > 27:
        time.sleep(30 - time.time() % 30 + 0.1)


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """How slow hashes are is another test's matter."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def somebody(method) -> Prover:
    return prover(method, UserFactory(phone="+4791234567"))


def state_of(begun: Begun) -> str:
    return str(Transaction.objects.get(pk=begun.transaction.pk).state)


@every_method
@pytest.mark.promise("S5")
@pytest.mark.product("method-1", "core-1")
def test_a_right_answer_passes_once(method):
    one = somebody(method)
    begun = one.begin()
    response = one.right(begun)

    assert one.prove(begun, response).verdict is Verdict.PASSED
    assert one.prove(begun, response).verdict in {Verdict.REPLAYED, Verdict.EXPIRED}
    assert state_of(begun) == "approved"


@pytest.mark.parametrize("method", [key for key in METHODS if not METHODS[key].asks_questions])
@pytest.mark.promise("S5", "S6")
def test_what_passed_once_passes_in_no_later_transaction(method):
    """But for answers to questions, which are the same for ever: that is why they are worth little."""
    one = somebody(method)
    begun = one.begin()
    response = one.right(begun)
    one.prove(begun, response)
    later = verbs.begin(one.user.customer, method=method, user=one.user, by=BY)

    if isinstance(later, Refusal):
        assert later.reason is Reason.NOT_ENROLLED
        assert Authenticator.objects.get(user=one.user).uses_left == 0
        return
    assert verbs.verify(later.transaction.customer, later.transaction.public_id, response, BY).verdict is not (
        Verdict.PASSED
    )


@every_method
@pytest.mark.promise("S1")
@pytest.mark.product("core-1")
def test_a_wrong_answer_is_counted_for_the_transaction_and_for_the_authenticator(method):
    one = somebody(method)
    begun = one.begin()
    judged = one.prove(begun, one.foil(begun))

    assert judged.verdict is Verdict.WRONG
    assert judged.tries_left == 4
    assert one.tries(begun) == 1
    assert one.authenticator.failures == 1


@every_method
@pytest.mark.promise("S1", "S3")
def test_five_wrong_answers_end_it_and_the_right_one_comes_too_late(method):
    one = somebody(method)
    begun = one.begin()
    foils = [one.prove(begun, one.foil(begun)).verdict for _ in range(5)]

    assert foils == [Verdict.WRONG] * 5
    assert one.prove(begun).verdict is not Verdict.PASSED
    assert state_of(begun) == "failed"


@every_method
@pytest.mark.promise("S3")
def test_while_it_waits_not_even_the_right_answer_passes_and_the_count_stays(method):
    one = somebody(method)
    begun = one.begin()
    Authenticator.objects.filter(user=one.user).update(failures=6, wait_until=timezone.now() + timedelta(minutes=1))

    if METHODS[method].polls:  # a link is no guess: pressing Allow needs no wait
        assert one.prove(begun, "000000").verdict is Verdict.THROTTLED
        return
    assert one.prove(begun).verdict is Verdict.THROTTLED
    assert one.authenticator.failures == 6


@every_method
@pytest.mark.product("core-1")
def test_an_answer_after_the_end_is_no_answer(method):
    one = somebody(method)
    begun = one.begin()
    Transaction.objects.filter(pk=begun.transaction.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert one.prove(begun).verdict is Verdict.EXPIRED
    assert one.tries(begun) == 0


@every_method
@pytest.mark.promise("S10")
@pytest.mark.product("core-1")
def test_another_customers_transaction_is_not_found(method):
    one = somebody(method)
    begun = one.begin()
    txn = begun.transaction

    assert verbs.verify(CustomerFactory(), txn.public_id, one.right(begun), BY).verdict is Verdict.EXPIRED
    assert one.tries(begun) == 0
    assert state_of(begun) == "pending"


@every_method
@pytest.mark.promise("S6", "S10")
@pytest.mark.product("core-1")
def test_another_persons_proof_opens_nothing(method):
    one = somebody(method)
    other = prover(method, UserFactory(customer=one.user.customer, phone="+4791234567"))
    begun, theirs = one.begin(), other.begin()
    txn = begun.transaction
    judged = verbs.verify(txn.customer, txn.public_id, other.right(theirs), BY)

    assert judged.verdict is not Verdict.PASSED
    assert state_of(begun) == "pending"


@every_method
@pytest.mark.product("core-1")
def test_what_opens_a_door_stands_readable_in_no_table(method):
    one = somebody(method)
    begun = one.begin()
    if METHODS[method].needs_enrolment and METHODS[method].is_own:
        verbs.enrol(one.user, method, BY, [("Q1", "x1"), ("Q2", "x2"), ("Q3", "x3")] if method == "kba" else None)
    dumped = everything()

    assert one.user.public_id in dumped
    for secret in one.secrets(begun):
        assert secret not in dumped
    pending = Authenticator.objects.filter(user=one.user).exclude(pending_secret=None).first()
    assert pending is None or pending.pending_secret not in dumped


def everything() -> str:
    """All rows of all tables, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        each = "SELECT string_agg(t::text, E'\\n') FROM \"{}\" t"
        cursor.execute(" UNION ALL ".join(each.format(name) for name in tables))
        return "\n".join(row[0] for row in cursor.fetchall() if row[0])


@every_method
@pytest.mark.product("method-1", "core-1")
def test_what_was_removed_opens_nothing_that_was_open_and_is_not_asked_for_again(method):
    one = somebody(method)
    begun = one.begin()
    response = one.right(begun)
    verbs.reset(one.authenticator, BY)

    assert one.prove(begun, response).verdict is not Verdict.PASSED
    assert state_of(begun) != "approved"
    again = verbs.begin(one.user.customer, method=method, user=one.user, by=BY)
    assert isinstance(again, Begun) is not METHODS[method].needs_enrolment
    assert not Authenticator.objects.filter(user=one.user, confirmed=True).exists()


@every_method
@pytest.mark.product("method-1")
def test_a_suspended_one_opens_nothing_until_it_is_taken_up_again(method):
    one = somebody(method)
    begun = one.begin()
    verbs.suspend(one.authenticator, BY)

    assert one.prove(begun).verdict is Verdict.EXPIRED
    assert verbs.begin(one.user.customer, method=method, user=one.user, by=BY) == Refusal(Reason.NOT_ENROLLED)
    verbs.resume(one.authenticator, BY)
    assert one.prove(one.begin()).verdict is Verdict.PASSED


@every_method
@pytest.mark.product("method-1")
def test_a_name_changes_nothing_else(method):
    one = somebody(method)
    one.begin()
    verbs.rename(one.authenticator, "  My   own ", BY)

    assert one.authenticator.name == "My own"
    assert one.prove(one.begin()).verdict is Verdict.PASSED


@every_method
@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", ["disabled_at", "restricted_at", "erased_at"])
def test_who_is_out_proves_nothing(method, state):
    one = somebody(method)
    begun = one.begin()
    if state == "erased_at":
        people.request_erasure(one.user, BY)
    else:
        setattr(one.user, state, timezone.now())
        one.user.save()

    assert one.prove(begun).verdict is Verdict.EXPIRED


ODD: list[Any] = [
    *(None, "", True, 0, [], {}, "１２３４５６", "\0", "[" * 5000, "a" * 50_000),
    *([{}] * 40, {"rawId": 5}, '{"id": 1}', [[]]),
]


@every_method
@pytest.mark.promise("S7")
def test_whatever_is_no_answer_is_wrong_and_never_a_fault(method):
    one = somebody(method)
    begun = one.begin()
    txn = begun.transaction
    for odd in ODD:
        Transaction.objects.update(tries=0)
        Authenticator.objects.update(failures=0, wait_until=None)

        assert verbs.verify(txn.customer, txn.public_id, odd, BY).verdict is Verdict.WRONG, repr(odd)[:40]
        assert one.tries(begun) == 1


@pytest.mark.parametrize("method", [key for key in ENROLLED if METHODS[key].is_own and METHODS[key].is_proved])
@pytest.mark.product("method-1")
def test_who_asks_for_a_new_one_keeps_the_old_one_until_the_new_one_is_proved(method):
    one = somebody(method)
    verbs.enrol(one.user, method, BY)

    assert one.prove(one.begin()).verdict is Verdict.PASSED


@every_method
@pytest.mark.product("method-11")
def test_every_method_says_in_both_languages_what_it_is_and_which_data_it_needs(method):
    words = METHODS[method]
    icons = re.findall(r'symbol id="([^"]+)"', (Path(configured.BASE_DIR) / "static/img/icons.svg").read_text())

    assert words.icon in icons
    for language, _name in configured.LANGUAGES:
        with translation.override(language):
            assert all(str(text).strip() for text in (words.label, words.hint, words.about_data))


@pytest.mark.product("method-7")
def test_questions_are_proposed_in_both_languages_and_are_called_weak():
    asking = [method for method in METHODS.values() if method.asks_questions]
    assert asking
    for method in asking:
        assert method.assurance is Assurance.WEAK
        assert len(method.suggestions) > 5
        with translation.override("nb"):
            norwegian = [str(question) for question in method.suggestions]
        with translation.override("en"):
            assert not {str(question) for question in method.suggestions} & set(norwegian)
            assert "Weak" in str(method.hint)


@every_method
@pytest.mark.concurrency
@pytest.mark.promise("S2", "S5")
@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_right_answers_at_once_one_passes(method):
    one = somebody(method)
    begun = one.begin()
    response = one.right(begun)

    assert at_once(8, lambda _n: one.prove(begun, response).verdict)[Verdict.PASSED] == 1
