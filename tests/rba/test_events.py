"""What no single sign-in shows: journeys, guesses at one name, one source that tries many; each capped, each ageing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rba import events
from rba.score import DECIBAN
from tests.rba.signing_in import ABROAD, DAY, HOME, at, engine, proved, with_history

HOUR = 3600
SPRAY = replace(ABROAD, address="250.9.9.9")
CAP = events.MOST * DECIBAN + 1e-9


def velocity(on, context, user="kari"):
    return on.decide(f"velocity {context.at}", user, context).scored.parts["velocity"]


def travelled(on, context):
    decision = on.decide(f"travel {context.at}", "kari", context)
    return next((one.points for one in decision.scored.findings if one.level == "travel"), 0.0)


def after(hours, **shown):
    """Somebody abroad so many hours after the last sign-in at home."""
    last = at(HOME, 29, 7 * 4)
    return replace(ABROAD, at=last.at + hours * HOUR, **shown)


@pytest.mark.product("risk-score-4")
def test_two_places_too_far_apart_for_the_time_are_said_and_a_day_later_they_are_not():
    on = with_history()

    assert travelled(on, after(1)) > 0
    assert travelled(on, after(40)) == 0


@pytest.mark.product("risk-score-4")
@pytest.mark.parametrize(
    "shown",
    [{"latitude": None, "longitude": None}, {"latitude": 91.0, "longitude": 0.0}, {"asn": HOME.asn, "country": "NO"}],
    ids=["no coordinates", "coordinates of nowhere", "the user's own network"],
)
def test_where_a_place_cannot_be_told_or_the_network_is_the_users_own_nobody_has_travelled(shown):
    assert travelled(with_history(), after(1, **shown)) == 0


@pytest.mark.product("risk-score-4")
@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_a_distance_is_the_same_both_ways_and_no_farther_than_half_round_the_world(lat, lon, lat_other, lon_other):
    there = events.distance((lat, lon), (lat_other, lon_other))

    assert there == pytest.approx(events.distance((lat_other, lon_other), (lat, lon)), abs=1e-6)
    assert 0 <= there <= 20_016


@pytest.mark.product("risk-score-5")
def test_wrong_passwords_from_elsewhere_raise_a_name_and_are_capped():
    on = with_history()
    calm = velocity(on, at(ABROAD, 30))
    for number in range(40):
        on.fail(f"guess {number}", "kari", at(SPRAY, 30, number))

    raised = velocity(on, at(replace(ABROAD, address="251.1.1.1"), 30, 45))

    assert calm == 0 < raised <= CAP


@pytest.mark.product("risk-score-5")
def test_a_strangers_guesses_are_not_held_against_the_owner_at_home():
    on = with_history()
    for number in range(40):
        on.fail(f"guess {number}", "kari", at(SPRAY, 30, number))

    assert velocity(on, at(HOME, 30, 45)) == 0


@pytest.mark.product("risk-score-5")
def test_one_source_that_tries_many_names_is_raised_for_everybody():
    on = with_history()
    proved(on, at(HOME, 29, 40), "ola")
    for number in range(12):
        on.fail(f"spray {number}", f"victim {number}", at(SPRAY, 30, number))
    on.store.fold(int(at(SPRAY, 30, 40).at))

    assert 0 < velocity(on, at(SPRAY, 30, 45), "ola") <= CAP
    assert velocity(on, at(replace(SPRAY, address="251.1.1.1", fingerprint="f7"), 30, 50), "ola") == 0


@pytest.mark.product("risk-score-5")
def test_failures_at_a_place_where_many_prove_themselves_are_no_spray():
    campus, field = engine(), engine()
    for on, people in ((campus, 60), (field, 0)):
        with_history(10, on=on)
        for number in range(people):
            proved(on, at(replace(SPRAY, fingerprint=""), 9, number), f"student {number}")
        for number in range(8):
            on.fail(f"slip {number}", f"student {number}", at(replace(SPRAY, fingerprint=""), 10, number))
        on.store.fold(int(at(SPRAY, 10, 60).at))

    somebody = at(replace(SPRAY, fingerprint=""), 10, 70)
    assert velocity(campus, somebody) < velocity(field, somebody)


@pytest.mark.product("risk-score-8")
def test_counters_age():
    on = with_history()
    for number in range(12):
        on.fail(f"spray {number}", f"victim {number}", at(SPRAY, 30, number))
    on.store.fold(int(at(SPRAY, 30, 40).at))
    fresh = velocity(on, at(SPRAY, 31), "ola")
    on.store.fold(int(at(SPRAY, 30).at + 720 * DAY))

    assert velocity(on, at(SPRAY, 750), "ola") < fresh / 4
