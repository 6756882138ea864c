"""Risk policies, scores and facts for tests, by example and made up by hypothesis."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from accounts.assurance import Assurance
from rba.contract import Scored
from rba.policy import DEFAULT, RiskRules
from rba.rules import Facts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
AT_HOME = Facts("192.0.2.7", 64500, frozenset(), "NO", devices=1, is_new_device=False, offset=60)


def scored(score: float | None) -> Scored:
    return Scored(score, -20.0, -20.0, {})


def does(outcome: str, minimum: int = 1, *, notice: bool = False) -> dict[str, Any]:
    return {"outcome": outcome, "minimum": minimum, "notice": notice}


def policy(**rules: Any) -> RiskRules:
    """The default with these rules on top."""
    return RiskRules.of({**DEFAULT, **rules})


REFUSE = does("deny")
ASK = does("step_up", 2)
BLOCKS = ["192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32", "203.0.113.9"]
actions = st.builds(
    does, st.sampled_from(["allow", "step_up", "deny"]), st.sampled_from([1, 2, 3]), notice=st.booleans()
)
blocks = st.lists(st.sampled_from(BLOCKS), max_size=3)
rules = {
    "never_block": st.fixed_dictionaries({"networks": blocks}),
    "addresses": st.fixed_dictionaries({"refuse": blocks, "prove": blocks, "trust": blocks, "action": actions}),
    "networks": st.fixed_dictionaries(
        {
            "asns": st.lists(st.sampled_from([64500, 64501]), max_size=2),
            "kinds": st.lists(st.sampled_from(["tor", "hosting"]), max_size=2, unique=True),
            "action": actions,
        }
    ),
    "countries": st.fixed_dictionaries(
        {"named": st.just(["NO", "SE"]), "which": st.sampled_from(["named", "others"]), "action": actions}
    ),
    "devices": st.fixed_dictionaries({"most": st.integers(1, 4), "action": actions}),
    "hours": st.fixed_dictionaries(
        {
            "days": st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True),
            "start": st.sampled_from(["00:00", "07:30", "22:00"]),
            "end": st.sampled_from(["00:00", "07:30", "18:00"]),
            "zone": st.sampled_from(["Europe/Oslo", "America/Recife", "Australia/Lord_Howe"]),
            "whose": st.sampled_from(["site", "user"]),
            "when": st.sampled_from(["inside", "outside"]),
            "action": actions,
        }
    ),
}
facts = st.builds(
    Facts,
    st.sampled_from(["", "nonsense", "192.0.2.7", "::ffff:192.0.2.7", "203.0.113.9", "2001:db8::1", "2001:db9::1"]),
    st.sampled_from([None, 64500, 64501, 64999]),
    st.sampled_from([None, frozenset(), frozenset({"tor"}), frozenset({"hosting"})]),
    st.sampled_from(["", "NO", "SE", "BR"]),
    st.none() | st.integers(0, 6),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, 60, -180, 345]),
    st.sampled_from([Assurance.NONE, Assurance.NONE, Assurance.AAL2]),
)
scores = st.none() | st.floats(0, 100)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
documents = st.fixed_dictionaries({}, optional=rules)
