"""What a person does about their history: "not me" takes back and warns, erasing goes cold and opens no hole."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.assurance import Assurance
from accounts.audit import SYSTEM
from accounts.models import AuditRecord
from rba import own, verbs
from rba.contract import Outcome
from rba.models import RiskCount, RiskDecision, RiskProfile
from rba.profile import Profile, unlearn
from tests.factories import UserFactory
from tests.rba.deciding_rows import FOREIGN, kept
from tests.rba.signing_in import at, contexts, with_history
from tests.rba.test_assessing import AWAY, enforce, wish
from tests.rba.test_assessing import with_history as with_rows

STRONG = Assurance.AAL2


@pytest.fixture
def user(db):
    made = UserFactory()
    enforce(made.customer)
    with_rows(made)
    return made


def signed_in(user, name, shown=AWAY):
    """A sign-in that was proved, however strange it looked."""
    verbs.assess(wish(user, name, shown))
    assert verbs.prove(user.customer, name)
    return RiskDecision.objects.get(name=name)


def profile_of(user):
    return Profile.from_json(RiskProfile.objects.get(user=user).history)


@given(contexts, st.integers(1, 20))
def test_what_somebody_else_showed_is_unknown_again(context, day):
    """Whatever an attempt shows: what was new by it is new again, and what was the owner's is known still."""
    on = with_history(day)
    before = {level: {*values} for level, values in on.store.load("kari", {}).profile.values.items()}
    decision = on.decide("theirs", "kari", at(context, day))
    on.prove("theirs")
    profile = on.store.load("kari", {}).profile

    unlearn(profile, decision.attempt)

    assert {level: {*values} for level, values in profile.values.items() if values} == before


@pytest.mark.product("risk-why-4", "risk-score-7")
@pytest.mark.requirement("N6")
def test_not_me_takes_back_what_it_taught_and_asks_for_strong_proof(user):
    before = profile_of(user)
    row = signed_in(user, "theirs")

    own.not_mine(row, STRONG)

    after = profile_of(user)
    assert {*after.values["asn" if "asn" in after.values else "address"]} == {
        *before.values["asn" if "asn" in before.values else "address"]
    }
    found = verbs.assess(wish(user, "the owner, at home"))
    assert (found.ruling.verdict, found.ruling.minimum, found.ruling.rule) == (Outcome.STEP_UP, STRONG, "caution")


@pytest.mark.product("risk-why-4")
@pytest.mark.requirement("N6")
def test_a_report_counts_against_its_source_for_others_too(user):
    other = UserFactory(customer=user.customer)
    before = verbs.assess(wish(other, "before", AWAY)).row.total

    own.not_mine(signed_in(user, "theirs"), STRONG)

    assert RiskCount.objects.filter(customer=user.customer, level="bad:address").exists()
    assert verbs.assess(wish(other, "after", AWAY)).row.total > before


@pytest.mark.product("risk-why-4")
@pytest.mark.requirement("N6")
def test_this_was_me_teaches_once(user):
    verbs.assess(wish(user, "mine", AWAY))
    row = RiskDecision.objects.get(name="mine")
    proofs = profile_of(user).proofs

    assert own.mine(row)
    assert not own.mine(row)
    assert profile_of(user).proofs == proofs + 1


def test_caution_ends_after_two_weeks(user):
    own.careful_after(user, STRONG, timezone.now() - own.CAREFUL)

    assert verbs.assess(wish(user, "later")).ruling.rule != "caution"


def test_caution_asks_for_nothing_that_the_person_does_not_have(user):
    own.careful_after(user, Assurance.WEAK)

    assert verbs.assess(wish(user, "at home")).ruling.minimum is Assurance.WEAK


def test_a_weaker_report_does_not_weaken_a_stronger_one(user):
    own.careful_after(user, STRONG)
    own.careful_after(user, Assurance.WEAK)

    assert profile_of(user).careful_minimum == STRONG


@pytest.mark.product("risk-why-6", "risk-score-10")
@pytest.mark.requirement("N11")
def test_an_erased_history_goes_cold_and_cannot_be_linked(user):
    salt = bytes(RiskProfile.objects.get(user=user).salt)
    RiskDecision.objects.filter(user=user).update(would="allow")

    assert own.erase(user, STRONG, SYSTEM) is None

    row = RiskProfile.objects.get(user=user)
    assert bytes(row.salt) != salt
    assert profile_of(user).values == {}
    assert not RiskDecision.objects.filter(user=user).exists()
    assert own.history(user).proofs == 0


@pytest.mark.product("risk-why-6")
@pytest.mark.requirement("N11")
def test_whoever_stole_a_way_in_and_erases_the_traces_is_asked_for_strong_proof_all_the_same(user):
    """The attack: a stolen password and mailbox, a risky sign-in that was proved, then the history is erased."""
    signed_in(user, "the thief's")
    RiskDecision.objects.filter(name="the thief's").update(would="step_up", band="medium")

    ends = own.erase(user, STRONG, SYSTEM)

    assert ends is not None
    assert profile_of(user).values
    assert verbs.assess(wish(user, "meanwhile", AWAY)).ruling.minimum is STRONG
    assert own.erase_due(lambda one: STRONG, ends - timedelta(minutes=1)) == []
    assert own.erase_due(lambda one: STRONG, ends) == [user]
    found = verbs.assess(wish(user, "the thief, back again", AWAY))
    assert (found.ruling.verdict, found.ruling.minimum) == (Outcome.STEP_UP, STRONG)


@pytest.mark.product("risk-why-6")
@pytest.mark.requirement("N11")
def test_asking_again_does_not_shorten_the_wait_and_it_can_be_called_off(user):
    kept(user, FOREIGN)
    ends = own.erase(user, STRONG, SYSTEM)

    assert own.erase(user, STRONG, SYSTEM, timezone.now() + timedelta(hours=80)) == ends
    assert own.keep(user, SYSTEM)
    assert not own.keep(user, SYSTEM)
    assert own.erase_due(lambda one: STRONG, ends) == []


@pytest.mark.requirement("N11")
def test_caution_holds_while_a_policy_only_reports(db):
    user = UserFactory()
    enforce(user.customer, report_only=True)
    with_rows(user)
    RiskDecision.objects.filter(user=user).update(would="allow")
    assert own.erase(user, STRONG, SYSTEM) is None

    assert verbs.assess(wish(user, "again")).ruling.minimum is STRONG


def test_every_step_of_an_erasure_leaves_a_record(user):
    kept(user, FOREIGN)
    ends = own.erase(user, STRONG, SYSTEM)
    own.keep(user, SYSTEM)
    own.erase(user, STRONG, SYSTEM)
    own.erase_due(lambda one: STRONG, ends + timedelta(hours=1))

    done = AuditRecord.objects.filter(action__startswith="risk.").order_by("pk")
    assert [one.action for one in done] == [
        "risk.erasure_waits",
        "risk.erasure_called_off",
        "risk.erasure_waits",
        "risk.history_erased",
    ]


def test_what_is_held_is_told_in_figures(user):
    found = own.history(user)

    assert (found.proofs, found.values["browser"], found.decisions) == (6, 1, 6)
    assert found.since < found.latest
    assert own.history(UserFactory()) is None
