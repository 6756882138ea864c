"""Ways back in: backup codes, each for once, and codes that a help desk gives for a time and a number of uses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditRecord, Message, Role
from mfa import policies, verbs
from mfa.contract import METHODS, Reason, Refusal, Verdict
from mfa.models import Authenticator
from tests.factories import MembershipFactory, UserFactory
from tests.mfa.proving import BY, prover

pytestmark = pytest.mark.django_db
IN_AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def listed():
    """Somebody with a printed list."""
    return prover("backup_code", UserFactory())


def tried(one, code):
    Authenticator.objects.update(failures=0, wait_until=None)
    return one.prove(one.begin(), code).verdict


def left(one):
    return METHODS["backup_code"].left(one.authenticator)


@pytest.mark.product("method-9")
def test_there_are_ten_codes_of_79_bits_that_nobody_misreads(listed):
    assert len(set(listed.kept)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in listed.kept)
    assert not set("".join(listed.kept)) & set("ilo01")


@pytest.mark.promise("S5")
@pytest.mark.product("method-9")
def test_each_backup_code_is_good_for_once_and_the_others_stay(listed):
    assert [tried(listed, code) for code in listed.kept[:2]] == [Verdict.PASSED] * 2
    assert [tried(listed, code) for code in listed.kept[:2]] == [Verdict.WRONG] * 2
    assert left(listed) == 8


def test_a_backup_code_is_read_however_it_was_typed(listed):
    assert tried(listed, f"  {listed.kept[0].upper().replace('-', ' ')} ") is Verdict.PASSED


def test_a_new_list_ends_the_old_one(listed):
    old = listed.kept
    listed.enrol()

    assert tried(listed, old[0]) is Verdict.WRONG
    assert tried(listed, listed.kept[0]) is Verdict.PASSED


def test_a_used_up_list_is_offered_no_more(listed):
    rules = policies.effective(listed.user.customer)
    assert "backup_code" in [way.method.key for way in verbs.ways(listed.user, rules)]
    for code in listed.kept:
        tried(listed, code)

    assert "backup_code" not in [way.method.key for way in verbs.ways(listed.user, rules)]


def test_backup_codes_are_no_second_factor_of_their_own(listed):
    rules = policies.effective(listed.user.customer)
    own = [way for way in verbs.ways(listed.user, rules) if way.method.needs_enrolment]

    assert not verbs.has_factor(own)


def bypass(user, uses=1, lasts=IN_AN_HOUR, reason="phone lost"):
    return verbs.give_bypass(user, "bypass_code", timezone.now() + lasts, uses, reason, BY)


def use(user, code):
    begun = verbs.begin(user.customer, method="bypass_code", user=user, by=BY)
    if isinstance(begun, Refusal):
        return begun.reason
    return verbs.verify(user.customer, begun.transaction.public_id, code, BY).verdict


@pytest.mark.product("method-10")
def test_a_bypass_code_serves_as_often_as_it_was_given_for():
    user = UserFactory()
    code = bypass(user, uses=2).shown_once[0]

    assert [use(user, code) for _ in range(3)] == [Verdict.PASSED, Verdict.PASSED, Reason.NOT_ENROLLED]


@pytest.mark.product("method-10")
def test_a_bypass_code_that_is_over_opens_nothing():
    user = UserFactory()
    code = bypass(user).shown_once[0]
    begun = verbs.begin(user.customer, method="bypass_code", user=user, by=BY)
    Authenticator.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert verbs.verify(user.customer, begun.transaction.public_id, code, BY).verdict is not Verdict.PASSED
    assert use(user, code) is Reason.NOT_ENROLLED


def test_a_new_bypass_code_ends_the_one_before():
    user = UserFactory()
    old, new = bypass(user).shown_once[0], bypass(user).shown_once[0]

    assert [use(user, old), use(user, new)] == [Verdict.WRONG, Verdict.PASSED]


@pytest.mark.parametrize("reason", ["", "   "])
@pytest.mark.product("method-10")
def test_nobody_is_given_one_without_a_reason(reason):
    with pytest.raises(ValueError, match="reason"):
        bypass(UserFactory(), reason=reason)


def test_a_method_that_is_ones_own_is_not_given_by_others():
    with pytest.raises(ValueError, match="not given"):
        verbs.give_bypass(UserFactory(), "totp", timezone.now() + IN_AN_HOUR, 1, "phone lost", BY)


@pytest.mark.product("method-10")
def test_the_person_and_the_owners_are_told_and_the_trail_has_who_and_why():
    user = UserFactory()
    owner = MembershipFactory(customer=user.customer, role=Role.OWNER).user
    code = bypass(user).shown_once[0]

    record = AuditRecord.objects.get(action="mfa.bypass_given")
    assert {message.user for message in Message.objects.filter(customer=user.customer)} >= {user, owner}
    assert record.person == user.pk
    assert record.facts["uses"] == 1
    assert code.replace(" ", "") not in str(list(AuditRecord.objects.values()))
