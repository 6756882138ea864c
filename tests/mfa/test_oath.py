"""Codes from a counter and from the time: the RFCs' own numbers, the look-ahead, and setting a counter right."""

import base64
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from mfa import verbs
from mfa.base32 import decode
from mfa.contract import METHODS, Match, Verdict
from mfa.models import Authenticator, Transaction
from tests.factories import UserFactory
from tests.mfa.proving import BY, ByCounter, prover

SECRET = base64.b32encode(b"12345678901234567890").decode()  # of both RFCs
# RFC 4226, appendix D
BY_COUNTER = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")
# RFC 6238, appendix B, for SHA-1: eight digits there, of which we show the last six
BY_TIME = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


def judged(method: str, authenticator: Authenticator, code: str, at: datetime | None = None) -> Match:
    return METHODS[method].judge(Transaction(method=method), authenticator, code, at or timezone.now())


@pytest.mark.parametrize(("counter", "code"), list(enumerate(BY_COUNTER)))
@pytest.mark.product("method-2")
def test_codes_from_a_counter_are_those_of_rfc_4226(counter, code):
    one = Authenticator(method="hotp", secret=SECRET, last_step=counter - 1)

    assert judged("hotp", one, code) is Match.RIGHT
    assert one.last_step == counter


@pytest.mark.parametrize(("seconds", "code"), list(BY_TIME.items()))
@pytest.mark.product("method-2")
def test_codes_from_the_time_are_those_of_rfc_6238(seconds, code):
    one = Authenticator(method="totp", secret=SECRET)

    assert judged("totp", one, code[-6:], datetime.fromtimestamp(seconds, UTC)) is Match.RIGHT
    assert one.last_step == seconds // 30


@pytest.fixture
def token(db) -> ByCounter:
    return prover("hotp", UserFactory())  # type: ignore[return-value]


def given(token: ByCounter, counter: int) -> Verdict:
    """The verdict on the code of this counter, in a transaction of its own, whatever came before."""
    Authenticator.objects.update(failures=0, wait_until=None)
    return token.prove(token.begin(), token.code(counter)).verdict


@pytest.mark.parametrize("skipped", [0, 1, 9])
@pytest.mark.product("method-2")
def test_codes_that_were_shown_and_not_used_do_no_harm(token, skipped):
    assert given(token, 1 + skipped) is Verdict.PASSED
    assert given(token, 2 + skipped) is Verdict.PASSED


@pytest.mark.promise("S5")
def test_a_code_that_was_passed_over_is_spent_as_well(token):
    given(token, 5)

    assert [given(token, counter) for counter in (5, 4, 1)] == [Verdict.REPLAYED] * 3


def test_one_code_from_far_ahead_opens_nothing(token):
    assert given(token, 11) is Verdict.WRONG
    assert given(token, 11) is Verdict.WRONG


@pytest.mark.parametrize("ahead", [11, 50, 199])
@pytest.mark.product("method-2")
def test_two_codes_in_a_row_set_the_counter_right(token, ahead):
    assert given(token, ahead) is Verdict.WRONG
    assert given(token, ahead + 1) is Verdict.PASSED
    assert given(token, ahead + 2) is Verdict.PASSED


def test_two_codes_from_far_ahead_that_do_not_follow_each_other_open_nothing(token):
    assert [given(token, counter) for counter in (50, 52, 54)] == [Verdict.WRONG] * 3


def test_a_wrong_code_between_two_ends_the_setting_right(token):
    assert [given(token, counter) for counter in (50, 5000, 51)] == [Verdict.WRONG] * 3


def test_beyond_its_reach_a_counter_is_not_set_right(token):
    assert [given(token, counter) for counter in (300, 301)] == [Verdict.WRONG] * 2


def test_setting_right_counts_the_wrong_code_like_any_other(token):
    begun = token.begin()

    assert token.prove(begun, token.code(50)).tries_left == 4
    assert token.prove(begun, token.code(51)).verdict is Verdict.PASSED


@pytest.mark.django_db
def test_a_token_that_counted_before_it_came_here_is_enrolled_by_two_codes_in_a_row():
    user = UserFactory()
    verbs.enrol(user, "hotp", BY, SECRET)
    codes = [str(hotp(decode(SECRET), counter, 6)).zfill(6) for counter in (70, 71, 72)]

    assert verbs.confirm(user, "hotp", codes[0], BY).verdict is Verdict.WRONG
    assert verbs.confirm(user, "hotp", codes[1], BY).verdict is Verdict.PASSED
    assert verbs.verify_direct(user, ["hotp"], codes[2], BY).verdict is Verdict.PASSED
    assert verbs.verify_direct(user, ["hotp"], codes[1], BY).verdict is Verdict.REPLAYED


def test_another_token_tried_in_vain_leaves_the_first_one_as_it_was(token):
    verbs.enrol(token.user, "hotp", BY, SECRET)
    verbs.confirm(token.user, "hotp", "000000", BY)

    assert given(token, 1) is Verdict.PASSED
