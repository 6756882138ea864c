"""Whoever is asked for more proof is told why."""

from dataclasses import replace

import pytest

from rba.contract import Context, Outcome
from rba.explain import UNKNOWN, reasons
from rba.features import FEATURES
from tests.rba.signing_in import ABROAD, FIELDS, HOME, at, engine, with_history


@pytest.mark.product("risk-why-3")
def test_the_strongest_three_are_said_in_words():
    on = with_history()

    everything = reasons(on.decide("x", "kari", at(ABROAD, 31)).scored)
    country = {name: getattr(ABROAD, name) for name in FIELDS["location"]}
    abroad = reasons(on.decide("y", "kari", replace(at(HOME, 31), **country)).scored)

    assert len(everything) == 3
    assert "a country you have not signed in from" in abroad


@pytest.mark.product("risk-why-3")
def test_whoever_is_new_is_told_so():
    assert reasons(engine().decide("x", "kari", HOME).scored) == [UNKNOWN]


@pytest.mark.product("risk-why-3")
@pytest.mark.parametrize(
    "context",
    [at(ABROAD, 31), Context(at=at(HOME, 31).at), replace(at(HOME, 31), fingerprint="f2", address="240.9.9.9")],
)
def test_nobody_is_asked_for_more_without_a_reason(context):
    decision = with_history().decide("x", "kari", context)

    assert decision.outcome is not Outcome.ALLOW
    assert all(str(words) for words in reasons(decision.scored))


def test_without_the_strongest_reason_the_score_is_lower():
    on = with_history()
    scored = on.decide("x", "kari", at(ABROAD, 31)).scored
    strongest = scored.findings[0].feature
    own = {name: getattr(HOME, name) for name in FIELDS[strongest]}

    assert on.decide("y", "kari", replace(at(ABROAD, 31), **own)).scored.total < scored.total


def test_every_level_that_may_be_new_has_words():
    levels = {level.name for feature in FEATURES.values() for level in feature.levels}

    assert {level for feature in FEATURES.values() for level, _how in feature.words} >= levels
