"""Each rule of a risk policy, by example: when it speaks, when it cannot tell, and what it refuses to be."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.assurance import Assurance
from rba.contract import Outcome, Scored
from rba.deciding import rule_on
from rba.rules import RULES, Facts, Wrong
from tests.rba.policies import ASK, AT_HOME, NOON, REFUSE, does, policy, scored

LOW, MEDIUM, HIGH = scored(3), scored(70), scored(99.5)


def verdict(facts: Facts = AT_HOME, score: Scored | None = LOW, at: datetime = NOON, **rules: object) -> Outcome:
    return rule_on(policy(**rules), score, facts, at).verdict


@pytest.mark.product("risk-policy-1")
@pytest.mark.requirement("R-41")
@pytest.mark.parametrize(("score", "expected"), [(LOW, Outcome.ALLOW), (MEDIUM, Outcome.STEP_UP), (HIGH, Outcome.DENY)])
def test_low_is_let_in_medium_proves_more_and_high_is_refused(score, expected):
    assert verdict(score=score) is expected


@pytest.mark.product("risk-policy-5")
@pytest.mark.requirement("R-41")
@pytest.mark.parametrize("score", [None, scored(None)])
def test_without_an_answer_more_proof_is_asked_for(score):
    assert verdict(score=score) is Outcome.STEP_UP


def test_nobody_is_refused_for_having_no_history():
    refusing = {"no_answer": {"action": REFUSE}}

    assert verdict(score=None, **refusing) is Outcome.DENY
    assert verdict(score=scored(None), **refusing) is Outcome.STEP_UP


@pytest.mark.product("risk-policy-2")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.200", Outcome.DENY),
        ("::ffff:192.0.2.200", Outcome.DENY),
        ("2001:db8:1::5", Outcome.DENY),
        ("198.51.100.1", Outcome.STEP_UP),
        ("203.0.113.9", Outcome.ALLOW),
        ("", Outcome.STEP_UP),
        ("no address", Outcome.STEP_UP),
    ],
)
def test_lists_of_addresses_hold_v4_and_v6(address, expected):
    lists = {"refuse": ["192.0.2.0/24", "2001:db8::/32"], "prove": ["198.51.100.1"], "trust": [], "action": REFUSE}

    assert verdict(replace(AT_HOME, address=address), addresses=lists) is expected


@pytest.mark.product("risk-policy-2")
def test_an_address_on_two_lists_is_treated_as_the_stricter_says():
    both = {"refuse": ["192.0.2.7"], "trust": ["192.0.2.0/24"], "action": REFUSE}

    assert verdict(addresses=both) is Outcome.DENY


def test_a_trusted_address_is_spared_the_rules_below_but_not_the_one_for_no_answer():
    lists = {"trust": ["192.0.2.0/24"], "action": REFUSE}
    abroad = {"named": ["NO"], "which": "named", "action": REFUSE}

    assert verdict(score=HIGH, addresses=lists, countries=abroad) is Outcome.ALLOW
    assert verdict(score=None, addresses=lists, countries=abroad) is Outcome.STEP_UP


@pytest.mark.product("risk-policy-2")
@pytest.mark.parametrize("rules", [{"addresses": {"refuse": ["192.0.2.7"], "action": REFUSE}}, {}])
def test_whoever_is_never_blocked_proves_more_instead(rules):
    ruling = rule_on(policy(never_block={"networks": ["192.0.2.0/24"]}, **rules), HIGH, AT_HOME, NOON)

    assert (ruling.verdict, ruling.spared) == (Outcome.STEP_UP, True)
    assert ruling.rule == ("addresses" if rules else "bands")


@pytest.mark.product("risk-policy-3")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"asn": 64501}, Outcome.DENY),
        ({"kinds": frozenset({"tor"})}, Outcome.DENY),
        ({"kinds": frozenset({"hosting"})}, Outcome.ALLOW),
        ({"asn": None}, Outcome.STEP_UP),
        ({"kinds": None}, Outcome.STEP_UP),
    ],
)
def test_networks_are_known_by_number_and_kind(facts, expected):
    rule = {"asns": ["AS64501"], "kinds": ["tor"], "action": REFUSE}

    assert verdict(replace(AT_HOME, **facts), networks=rule) is expected


@pytest.mark.product("risk-policy-3")
@pytest.mark.parametrize(
    ("country", "which", "expected"),
    [
        ("NO", "named", Outcome.DENY),
        ("no", "named", Outcome.DENY),
        ("BR", "named", Outcome.ALLOW),
        ("NO", "others", Outcome.ALLOW),
        ("BR", "others", Outcome.DENY),
        ("", "named", Outcome.STEP_UP),
        ("", "others", Outcome.STEP_UP),
    ],
)
def test_countries_are_named_or_all_others(country, which, expected):
    rule = {"named": ["no", "SE"], "which": which, "action": REFUSE}

    assert verdict(replace(AT_HOME, country=country), countries=rule) is expected


@pytest.mark.product("risk-policy-3")
@pytest.mark.parametrize(
    ("devices", "is_new", "expected"),
    [
        (3, True, Outcome.DENY),
        (9, False, Outcome.ALLOW),
        (2, True, Outcome.ALLOW),
        (None, True, Outcome.STEP_UP),
        (3, None, Outcome.STEP_UP),
    ],
)
def test_one_device_too_many_is_refused_and_known_ones_are_not(devices, is_new, expected):
    facts = replace(AT_HOME, devices=devices, is_new_device=is_new)

    assert verdict(facts, devices={"most": 3, "action": REFUSE}) is expected


OFFICE = {"days": [0, 1, 2, 3, 4, 5, 6], "start": "07:00", "end": "17:00", "zone": "Europe/Oslo", "action": REFUSE}
NIGHT = {**OFFICE, "days": [5], "start": "22:00", "end": "06:00", "when": "inside"}


@pytest.mark.product("risk-policy-4")
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 27, 6, 0, tzinfo=UTC), Outcome.ALLOW),  # 07:00, winter
        (datetime(2026, 3, 27, 5, 59, tzinfo=UTC), Outcome.DENY),
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), Outcome.ALLOW),  # 07:00, summer
        (datetime(2026, 3, 30, 4, 59, tzinfo=UTC), Outcome.DENY),
        (datetime(2026, 3, 30, 15, 0, tzinfo=UTC), Outcome.DENY),  # 17:00, summer
        (datetime(2026, 10, 26, 15, 59, tzinfo=UTC), Outcome.ALLOW),  # 16:59, winter again
    ],
)
def test_hours_follow_the_clock_on_the_wall_through_summer_time(at, expected):
    assert verdict(at=at, hours=OFFICE) is expected


@pytest.mark.product("risk-policy-4")
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 28, 20, 59, tzinfo=UTC), Outcome.ALLOW),  # Saturday 21:59
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), Outcome.DENY),  # Saturday 22:00
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), Outcome.DENY),  # Sunday 01:59, the last minute of winter
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), Outcome.DENY),  # Sunday 03:00, the first of summer
        (datetime(2026, 3, 29, 3, 59, tzinfo=UTC), Outcome.DENY),  # Sunday 05:59
        (datetime(2026, 3, 29, 4, 0, tzinfo=UTC), Outcome.ALLOW),  # Sunday 06:00
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Outcome.DENY),  # Sunday 02:30, for the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), Outcome.DENY),  # and for the second
        (datetime(2026, 3, 29, 21, 0, tzinfo=UTC), Outcome.ALLOW),  # Sunday 23:00: the night of Sunday is none
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(at, expected):
    assert verdict(at=at, hours=NIGHT) is expected


@pytest.mark.product("risk-policy-4")
def test_the_users_clock_counts_where_the_policy_says_so():
    rule = {**OFFICE, "whose": "user"}
    early = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # 09:00 in Oslo, 05:00 in Recife

    assert verdict(AT_HOME, at=early, hours=rule) is Outcome.ALLOW
    assert verdict(replace(AT_HOME, offset=-180), at=early, hours=rule) is Outcome.DENY
    assert verdict(replace(AT_HOME, offset=None), at=early, hours=rule) is Outcome.STEP_UP


def test_of_rules_that_want_the_same_the_first_is_named():
    same = {"countries": {"named": ["NO"], "action": ASK}, "devices": {"most": 1, "action": ASK}}

    ruling = rule_on(policy(**same), LOW, replace(AT_HOME, is_new_device=True), NOON)

    assert (ruling.rule, ruling.rules) == ("countries", ("countries", "devices", "bands"))
    assert ruling.minimum is Assurance.AAL1


@pytest.mark.product("risk-policy-1")
def test_a_notice_goes_out_if_any_rule_that_applies_wants_one():
    quiet, loud = does("step_up", 3), does("step_up", 1, notice=True)

    ruling = rule_on(
        policy(countries={"named": ["NO"], "action": quiet}, devices={"most": 1, "action": loud}),
        LOW,
        replace(AT_HOME, is_new_device=True),
        NOON,
    )

    assert (ruling.rule, ruling.minimum, ruling.notice) == ("countries", Assurance.AAL2, True)


BANDS = {"medium_from": 50, "high_from": 90, "low": does("allow"), "medium": ASK, "high": REFUSE}


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("refuse", {"addresses": {"refuse": ["300.1.1.1"], "action": REFUSE}}),
        ("refuse", {"addresses": {"refuse": ["0.0.0.0/0"], "action": REFUSE}}),
        ("never_block", {"never_block": {"networks": ["::/0"]}}),
        ("asns", {"networks": {"asns": ["Telenor"], "action": REFUSE}}),
        ("kinds", {"networks": {"kinds": ["pub"], "action": REFUSE}}),
        ("countries", {"countries": {"named": ["Norway"], "action": REFUSE}}),
        ("countries", {"countries": {"named": [], "action": REFUSE}}),
        ("devices", {"devices": {"most": 0, "action": REFUSE}}),
        ("days", {"hours": {**OFFICE, "days": []}}),
        ("start", {"hours": {**OFFICE, "start": "25:00"}}),
        ("zone", {"hours": {**OFFICE, "zone": "../../etc/passwd"}}),
        ("no_answer", {"no_answer": {"action": does("allow")}}),
        ("no_answer", {"bands": BANDS}),
        ("high_from", {"bands": {**BANDS, "medium_from": 95}}),
        ("high", {"bands": {**BANDS, "medium": REFUSE, "high": ASK}}),
        ("countries", {"countries": {"named": ["NO"], "action": {"outcome": "shrug"}}}),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_is_named(field, rules):
    with pytest.raises(Wrong) as wrong:
        policy(**rules)

    assert wrong.value.field == field


def test_every_rule_says_what_it_looks_at():
    assert all(str(rule.label) and str(rule.about).endswith(".") for rule in RULES.values())
