"""Each of the eight kinds of data: what it reads, by example; by property, that nothing sent makes it fail or grow."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rba import explain
from rba.contract import FEATURES, Context, How, Kept
from rba.keys import Keys, hashed, in_crowd, read
from tests.rba.signing_in import ABROAD, DAY, FIELDS, HOME, at, contexts, total, with_history

pytestmark = [pytest.mark.requirement("R-33"), pytest.mark.product("risk-data-1")]
READS = {
    "location": {"country": "NO", "city": "NO Bergen"},
    "ip_address": {
        "asn": "64512",
        "prefix": "240.1.2.0/24",
        "address": "240.1.2.3",
        "device_in_network": "64512 windows",
    },
    "device_type": {"device_type": "desktop"},
    "user_agent": {"system": "windows", "system_version": "windows 10", "agent": HOME.user_agent},
    "browser": {"browser": "windows\x00firefox", "browser_version": "windows\x00firefox\x00120"},
    "language": {"tongue": "nb", "language": "nb-no"},
    "time": {"zone": "Europe/Oslo"},
    "fingerprint": {"fingerprint": "f1"},
}
LONG = st.text(max_size=3000)
absurd = st.builds(
    Context,
    at=st.floats(0, 4e9),
    address=LONG,
    asn=st.none() | st.integers(-1, 2**40),
    country=LONG,
    city=LONG,
    user_agent=LONG,
    browser=LONG,
    browser_version=LONG,
    system=LONG,
    system_version=LONG,
    device_type=LONG,
    language=LONG,
    zone=LONG,
    fingerprint=LONG,
)


def test_there_are_exactly_eight_and_each_says_what_it_reads_and_how_that_is_kept():
    assert FEATURES.keys() == READS.keys() == FIELDS.keys()
    for feature in FEATURES.values():
        assert str(feature.label) and str(feature.about_data) and feature.levels
        assert all(level.kept in Kept for level in feature.levels)
        for level in feature.levels:
            assert level.name in explain.LEVELS


@pytest.mark.parametrize("key", READS)
def test_a_feature_reads_its_levels_out_of_what_is_shown_and_none_out_of_nothing(key):
    assert FEATURES[key].read(HOME) == READS[key]
    assert FEATURES[key].read(Context(at=1.0)) == {}


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
    ],
)
def test_an_address_has_a_block_of_its_version(address, block):
    assert FEATURES["ip_address"].read(Context(at=1.0, address=address))["prefix"] == block


@pytest.mark.parametrize("key", READS)
@given(context=absurd)
def test_whatever_is_sent_a_feature_reads_its_own_levels_and_short_values(key, context):
    feature = FEATURES[key]

    found = feature.read(context)

    assert found.keys() <= {level.name for level in feature.levels}
    assert all(value and len(value) <= 640 for value in found.values())


@given(contexts)
def test_of_what_is_read_hashes_and_coarse_values_alone_are_left(context):
    keys = Keys(b"k" * 32)
    values = read(context, frozenset(FEATURES))
    own = {level: keys.own(b"salt", level, value) for level, value in values.items()}
    attempt = hashed(context, frozenset(FEATURES), values, in_crowd(values, keys), own)

    marks = [part for mark in attempt.marks.values() for part in mark if part]
    assert all(len(part) == 16 and int(part, 16) >= 0 for part in marks)
    assert attempt.place is None or attempt.place == tuple(round(figure, 1) for figure in attempt.place)


@pytest.mark.parametrize("key", READS)
def test_something_new_in_one_feature_raises_the_score_and_is_said(key):
    on = with_history(60)
    own = total(on, at(HOME, 61))
    foreign = replace(at(HOME, 61), **{name: getattr(ABROAD, name) for name in FIELDS[key]})

    decision = on.decide("foreign", "kari", foreign)

    assert decision.scored.total > own
    assert decision.scored.parts[key] > 0
    assert any(finding.feature == key and finding.how is How.NEW for finding in decision.scored.findings)


@pytest.mark.parametrize("key", READS)
def test_what_is_usual_in_one_feature_is_held_for_the_owner(key):
    on = with_history(60)

    assert on.decide("home", "kari", at(HOME, 61)).scored.parts[key] <= 0


@pytest.mark.product("risk-data-6")
def test_a_newer_browser_counts_less_than_an_older_one():
    on = with_history(60)
    newer, older = (replace(at(HOME, 61), browser_version=version) for version in ("121.0", "119.0"))

    assert total(on, at(HOME, 61)) < total(on, newer) < total(on, older)


def test_the_hour_is_learned_by_the_users_own_clock():
    on = with_history(60)
    morning, night = at(HOME, 61), replace(at(HOME, 61), at=at(HOME, 61).at - DAY / 4)

    assert on.decide("night", "kari", night).scored.parts["time"] > on.decide("x", "kari", morning).scored.parts["time"]
