"""What holds of every score, whatever is signed in with."""

import math
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rba.compare import compare, expectations
from rba.contract import Context, Outcome
from rba.engine import ALL, DENY_FROM, STEP_UP_FROM, Engine
from rba.features import LEVELS
from rba.keys import hashed, in_crowd, read
from rba.profile import Profile, teach
from rba.score import KINDS, hour, score, weigh
from tests.rba.signing_in import ABROAD, DAY, FIELDS, HOME, at, contexts, engine, proved, total, with_history

FEW = settings(max_examples=60, deadline=None)
histories = st.lists(contexts, max_size=6).map(lambda found: sorted(found, key=lambda one: one.at))
BLANK = {name: getattr(Context(at=0), name) for fields in FIELDS.values() for name in fields}


def after(history: list[Context], on: Engine | None = None) -> Engine:
    on = on or engine()
    for number, context in enumerate(history):
        proved(on, context, name=str(number))
    return on


@pytest.mark.product("risk-score-1")
@FEW
@given(histories, contexts)
def test_a_score_is_from_0_to_100_and_lacks_only_without_a_history_and_its_parts_add_up(history, context):
    scored = after(history).decide("x", "kari", context).scored

    assert (scored.score is None) is (not history)
    assert scored.score is None or (math.isfinite(scored.score) and 0 <= scored.score <= 100)
    assert math.fsum([scored.base, *scored.parts.values()]) == pytest.approx(scored.total, abs=1e-9)


@pytest.mark.product("risk-score-2")
@FEW
@given(histories, contexts)
def test_proving_the_same_again_never_raises_its_score(history, context):
    on = after(history)
    last = max([context.at, *(one.at for one in history)])
    context = replace(context, at=last)
    proved(on, context, name="first")
    before = total(on, replace(context, at=last + DAY))
    proved(on, replace(context, at=last + DAY), name="again")

    assert total(on, replace(context, at=last + DAY)) <= before + 1e-9


@pytest.mark.product("risk-score-2")
@FEW
@given(histories, contexts, st.integers(1, 4))
def test_failures_never_lower_a_score(history, context, failures):
    on = after(history)
    on.store.fold(int(context.at))
    before = total(on, context)
    for number in range(failures):
        on.fail(f"failure {number}", "kari", context)

    assert total(on, context) >= before - 1e-9


@pytest.mark.product("risk-score-2")
@FEW
@given(st.permutations([at(HOME, 3), at(ABROAD, 3, 50), replace(at(HOME, 3, 90), fingerprint="f2", city="Voss")]))
def test_the_order_of_proofs_within_a_day_changes_nothing_to_the_bit(order):
    profiles = [Profile(), Profile()]
    ordered = sorted(order, key=lambda one: one.at)
    for profile, contexts_ in zip(profiles, (ordered, order), strict=True):
        for context in [at(HOME, 0), at(HOME, 1), *contexts_]:
            attempt = attempt_of(context)
            teach(profile, attempt, dict.fromkeys(attempt.marks, 150))

    assert profiles[0] == profiles[1]


@pytest.mark.product("risk-score-2")
@FEW
@given(histories, contexts)
def test_the_order_of_parts_changes_nothing_to_the_bit(history, context):
    on = after(history)
    loaded = on.store.load("kari", {})
    attempt = on.decide("x", "kari", context).attempt
    compared = compare(attempt, loaded.profile, loaded.crowd)

    there = score(attempt, loaded.profile, loaded.crowd, compared)
    back = score(attempt, loaded.profile, loaded.crowd, compared[::-1])

    assert there.total == back.total
    assert there.parts == back.parts


@pytest.mark.product("risk-score-3")
@FEW
@given(histories, contexts)
def test_no_kind_of_attacker_finds_a_known_value_worse_than_nothing_or_an_unknown_one_better(history, context):
    on = after(history)
    loaded = on.store.load("kari", {})
    attempt = on.decide("x", "kari", context).attempt

    for one in compare(attempt, loaded.profile, loaded.crowd):
        weights = weigh(one, loaded.crowd)
        assert len(weights) == len(KINDS)
        assert all(weight <= 0 for weight in weights) if one.share else all(weight >= 0 for weight in weights)


@pytest.mark.product("risk-score-2")
@pytest.mark.parametrize("feature", ["ip_address", "browser", "language", "device_type", "fingerprint", "location"])
def test_what_is_missing_or_unknown_never_scores_below_what_is_known(feature):
    on = with_history()
    known = total(on, at(HOME, 31))

    missing = total(on, replace(at(HOME, 31), **{name: BLANK[name] for name in FIELDS[feature]}))
    unknown = total(on, replace(at(HOME, 31), **{name: getattr(ABROAD, name) for name in FIELDS[feature]}))

    assert known < missing
    assert known < unknown


@pytest.mark.product("risk-score-6")
def test_an_attempt_that_shows_nothing_is_never_low():
    on = with_history()

    assert on.decide("x", "kari", Context(at=at(HOME, 31).at)).outcome is not Outcome.ALLOW


@pytest.mark.product("risk-score-3")
@pytest.mark.parametrize("feature", FIELDS)
def test_no_single_feature_moves_anybody_from_high_to_low(feature):
    on = with_history(60)
    high = on.decide("high", "kari", at(ABROAD, 61))
    own = replace(at(ABROAD, 61), **{name: getattr(HOME, name) for name in FIELDS[feature]})

    assert high.scored.score is not None and high.scored.score >= DENY_FROM
    assert on.decide("x", "kari", own).scored.score >= STEP_UP_FROM


@pytest.mark.product("risk-score-7")
def test_one_sign_in_does_not_make_a_stranger_the_owner():
    on = with_history(60)
    assert proved(on, at(ABROAD, 61)).outcome is Outcome.DENY

    assert on.decide("x", "kari", at(ABROAD, 61, 30)).outcome is not Outcome.ALLOW
    assert on.decide("x", "kari", at(ABROAD, 62)).outcome is not Outcome.ALLOW


@pytest.mark.product("risk-score-7")
def test_what_was_not_proved_teaches_nothing():
    on = with_history(10)
    profile = on.store.load("kari", {}).profile
    before = deepcopy(profile)

    on.decide("unproved", "kari", at(ABROAD, 11))
    on.fail("failed", "kari", at(ABROAD, 11))
    assert not on.prove("failed")

    assert on.store.load("kari", {}).profile == before


def test_a_proof_teaches_once_however_often_it_is_told():
    on = with_history(10)
    proved(on, at(HOME, 11), name="once")
    before = deepcopy(on.store.load("kari", {}).profile)

    assert not on.prove("once")
    assert on.store.load("kari", {}).profile == before


@pytest.mark.product("risk-score-8")
@FEW
@given(histories.filter(bool), st.integers(1, 400), st.integers(1, 400))
def test_time_that_passes_never_makes_a_known_value_safer(history, sooner, later):
    on = after(history)
    profile = on.store.load("kari", {}).profile
    known = history[-1]
    sums = []
    for days in (sooner, sooner + later):
        attempt = attempt_of(replace(known, at=known.at + days * DAY), on)
        crowd = on.store.load("kari", {}).crowd
        sums.append([sum(weigh(one, crowd)) for one in compare(attempt, profile, crowd) if one.share])

    assert all(old >= new - 1e-9 for new, old in zip(*sums, strict=True))


@pytest.mark.parametrize("seconds", [-400 * DAY, -3600, 3600, 9000 * DAY])
def test_clocks_that_go_back_or_far_ahead_stop_nothing(seconds):
    on = with_history(5)
    shifted = replace(at(HOME, 5), at=at(HOME, 5).at + seconds)

    assert math.isfinite(proved(on, shifted).scored.total)
    assert math.isfinite(total(on, at(HOME, 6)))


@pytest.mark.product("risk-policy-4")
def test_the_hour_is_the_users_own_through_daylight_saving():
    on = engine()
    winter = at(HOME, 0).at  # 9:00 UTC is 10:00 in Oslo
    for day in range(30):
        proved(on, replace(HOME, at=winter + day * DAY))
    summer = winter + 182 * DAY

    loaded = on.store.load("kari", {})
    same_hour, same_in_utc = (
        hour(attempt_of(replace(HOME, at=when), on), loaded.profile, loaded.crowd) for when in (summer - 3600, summer)
    )

    assert same_hour < same_in_utc


@pytest.mark.product("risk-score-10")
@pytest.mark.requirement("N5")
def test_two_salts_and_two_keys_give_the_same_score_and_no_common_hash():
    one, other = with_history(8), with_history(8, on=engine(key=b"o" * 32))
    first, second = one.decide("x", "kari", at(ABROAD, 9)), other.decide("x", "kari", at(ABROAD, 9))

    assert first.scored == second.scored
    assert hashes(first.attempt).isdisjoint(hashes(second.attempt))


def test_other_users_share_no_hash_of_the_users_own():
    on = with_history(3, "ola", with_history(3))

    profiles = [on.store.load(user, {}).profile for user in ("kari", "ola")]

    assert own_hashes(profiles[0]) and own_hashes(profiles[0]).isdisjoint(own_hashes(profiles[1]))


@pytest.mark.product("risk-data-2")
@pytest.mark.parametrize("feature", FIELDS)
def test_a_feature_that_is_off_is_as_if_it_did_not_exist(feature):
    off = with_history(8, on=engine(ALL - {feature}))
    absent = {name: BLANK[name] for name in FIELDS[feature]}
    blank = engine(ALL - {feature})
    for day in range(8):
        proved(blank, replace(at(HOME, day, minutes=7 * (day % 5)), **absent))

    scored = off.decide("x", "kari", at(ABROAD, 9)).scored

    assert feature not in scored.parts
    assert scored.total == pytest.approx(blank.decide("x", "kari", replace(at(ABROAD, 9), **absent)).scored.total)


@FEW
@given(st.text(max_size=3000), st.text(max_size=300))
def test_absurd_input_gives_a_score_all_the_same(long, short):
    on = with_history(3)
    absurd = Context(
        at=at(HOME, 4).at,
        address=short,
        country=short,
        city=long,
        latitude=1e300,
        longitude=-1e300,
        user_agent=long,
        browser=short,
        browser_version=long,
        system=short,
        language=long,
        zone=long,
        fingerprint=long,
    )

    assert on.decide("x", "kari", absurd).outcome is not Outcome.ALLOW


def attempt_of(context: Context, on: Engine | None = None):
    on = on or engine()
    salt = on.store.load("kari", {}).salt if on.store.load("kari", {}).profile.proofs else b"salt"
    values = read(context, ALL)
    own = {level: on.keys.own(salt, level, value) for level, value in values.items()}
    return hashed(context, ALL, values, in_crowd(values, on.keys), own)


def hashes(attempt) -> set[str]:
    return {part for mark in attempt.marks.values() for part in mark if part}


def own_hashes(profile: Profile) -> set[str]:
    return {own for values in profile.values.values() for own in values}


def test_what_is_expected_is_said_for_every_level_that_is_shown():
    on = with_history(3)
    attempt = attempt_of(at(HOME, 4), on)
    loaded = on.store.load("kari", {})

    assert set(expectations(compare(attempt, loaded.profile, loaded.crowd))) == set(LEVELS)
