"""What is known of one user: counts of keyed hashes and coarse values, and how a proved sign-in changes them.

Everything is derived from what was shown on which day: the order of sign-ins within a day changes nothing. A value
counts once a day, however often it is shown, so that nobody becomes the owner in an afternoon.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rba.contract import Attempt, Mark
from rba.features import LEVELS

MILLE = 1000
PROBATION = 60  # days in which a second proof must come
KEPT = 24  # values a level; the weakest go when a new day begins
_FADING = {life: [2 ** (-days / life) for days in range(2000)] for life in (30, 45, 60, 90, 120, 180)}
HOURS_HALF_LIFE = 120


@dataclass(slots=True)
class Value:
    """One value of one level."""

    weight: float
    day: int  # last proved
    born: int  # first proved


@dataclass(slots=True)
class Under:
    """What was shown below one coarser value: its mass, how many new values were to be expected and how many came."""

    mass: float
    day: int
    born: int
    expected: int = 0  # in thousandths: whole numbers add up alike in any order
    new: int = 0


@dataclass
class Profile:
    """One user's history. `proofs` counts sign-ins, `days` the days they fell on, fading."""

    proofs: int = 0
    days: float = 0.0
    day: int = 0
    at: int = 0
    first: int = 0
    offset: int | None = None
    place: tuple[float, float] | None = None
    last: dict[str, str] = field(default_factory=dict)  # the values that the latest proof showed, by level
    versions: dict[str, int] = field(default_factory=dict)  # the newest version by browser
    shown: dict[str, int] = field(default_factory=dict)
    hours: dict[int, tuple[float, int]] = field(default_factory=dict)  # by hour of the week: weight, day
    probation: dict[str, int] = field(default_factory=dict)  # values of doubted sign-ins, and their day
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    under: dict[str, dict[str, Under]] = field(default_factory=dict)
    careful_until: int = 0  # seconds: until then a proof must be worth `careful_minimum` (Assurance)
    careful_minimum: int = 0

    def careful(self, at: int) -> int:
        """The least that a proof must be worth after a report or an erasure, whatever the score is; 0 for nothing."""
        return self.careful_minimum if at < self.careful_until else 0

    def to_json(self) -> dict[str, Any]:
        """As it is stored: small, and the same to the bit when it is read again."""
        stored = {name: getattr(self, name) for name in _PLAIN}
        stored["hours"] = [[hour, weight, day] for hour, (weight, day) in self.hours.items()]
        stored["values"] = {
            level: {own: [one.weight, one.day, one.born] for own, one in values.items()}
            for level, values in self.values.items()
        }
        stored["under"] = {
            level: {own: [one.mass, one.day, one.born, one.expected, one.new] for own, one in parents.items()}
            for level, parents in self.under.items()
        }
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Profile":
        """What `to_json` gave; an empty history out of nothing."""
        if not stored:
            return cls()
        profile = cls(**{name: stored[name] for name in _PLAIN if name in stored})
        profile.place = (stored["place"][0], stored["place"][1]) if stored["place"] else None
        profile.hours = {hour: (weight, day) for hour, weight, day in stored["hours"]}
        profile.values = {
            level: {own: Value(*one) for own, one in values.items()} for level, values in stored["values"].items()
        }
        profile.under = {
            level: {own: Under(*one) for own, one in parents.items()} for level, parents in stored["under"].items()
        }
        return profile


_PLAIN = (
    *("proofs", "days", "day", "at", "first", "offset", "place", "last", "versions", "shown", "probation"),
    *("careful_until", "careful_minimum"),
)


def fading(half_life: int, days: int) -> float:
    """What is left of a weight after some days; negative gaps count as none."""
    if days <= 0:
        return 1.0
    table = _FADING[half_life]
    return table[min(days, len(table) - 1)]


def teach(profile: Profile, attempt: Attempt, expected: Mapping[str, int], *, doubted: bool = False) -> None:
    """Count a proved sign-in; `expected` is what `compare.expectations` said of it.

    One that was `doubted`, for its score was high or there is cause for caution, adds no value before the value is
    proved on a second day.
    A day that is over by the profile's clock counts for the profile's day.
    """
    day = max(attempt.day, profile.day)
    doubted = doubted or bool(profile.careful(attempt.at))
    if day > profile.day:
        _forget_weakest(profile, day)
        profile.days = profile.days * fading(180, day - profile.day) + 1
    profile.first = profile.first or day
    profile.proofs += 1
    profile.day = day
    for name, mark in attempt.marks.items():
        half_life = LEVELS[name][1].half_life
        profile.shown[name] = profile.shown.get(name, 0) + 1
        if not (doubted and _on_probation(profile, name, mark.own, day)):
            _count(profile, name, half_life, day, mark, expected.get(name, 0))
    if attempt.version is not None and "browser" in attempt.marks:
        browser = attempt.marks["browser"].own
        profile.versions[browser] = max(attempt.version, profile.versions.get(browser, 0))
    _count_hour(profile, attempt, day)
    _remember_last(profile, attempt)


def unlearn(profile: Profile, attempt: Attempt) -> None:
    """Take back what a sign-in taught that was somebody else's.

    Whatever it showed that was not known before its day is forgotten, on probation too, and so is where the user was
    last. What was known before stays: it is the owner's.
    """
    profile.proofs = max(0, profile.proofs - 1)
    for name, mark in attempt.marks.items():
        profile.shown[name] = max(0, profile.shown.get(name, 0) - 1)
        profile.probation.pop(mark.own, None)
        value = profile.values.get(name, {}).get(mark.own)
        if value is not None and value.born >= attempt.day:
            del profile.values[name][mark.own]
            if name == "browser":
                profile.versions.pop(mark.own, None)
    for parents in profile.under.values():
        for mark in attempt.marks.values():
            if mark.own in parents and parents[mark.own].born >= attempt.day:
                del parents[mark.own]
    if profile.at == attempt.at:
        profile.last, profile.place = {}, None


def forget(profile: Profile, level: str) -> None:
    """Forget what was kept of a level, and that it was ever shown.

    What waits to be proved on a second day does not say of which level it is, so all of it begins its wait anew.
    """
    for kept in (profile.last, profile.shown, profile.values, profile.under):
        kept.pop(level, None)
    profile.probation.clear()


def local_hour(profile: Profile, attempt: Attempt) -> int:
    """The hour of the week in the user's own zone: the client's word on it counts once the user has proved the zone."""
    zone = attempt.marks.get("zone")
    known = zone is not None and zone.own in profile.values.get("zone", {})
    offset = attempt.offset if known or profile.offset is None else profile.offset
    return (attempt.at // 3600 + round((offset or 0) / 60)) % 168


def _on_probation(profile: Profile, level: str, own: str, day: int) -> bool:
    """Whether a value must wait for a proof on a later day; notes when it was first proved."""
    if own in profile.values.get(level, {}):
        return False
    return profile.probation.setdefault(own, day) >= day


def _count(profile: Profile, level: str, half_life: int, day: int, mark: Mark, expected: int) -> None:
    values = profile.values.setdefault(level, {})
    value = values.get(mark.own)
    parents = profile.under.setdefault(level, {})
    under = parents.get(mark.parent_own)
    if under is None:
        under = parents[mark.parent_own] = Under(0.0, day, day)
    if under.born < day:
        under.expected += expected
        under.new += value is None
    if value is None:
        values[mark.own] = Value(1.0, day, day)
    elif value.day < day:
        value.weight = value.weight * fading(half_life, day - value.day) + 1
        value.day = day
    else:
        return
    under.mass = under.mass * fading(half_life, day - under.day) + 1
    under.day = day


def _count_hour(profile: Profile, attempt: Attempt, day: int) -> None:
    if attempt.offset is not None and profile.offset is None:
        profile.offset = attempt.offset
    hour = local_hour(profile, attempt)
    weight, last = profile.hours.get(hour, (0.0, -1))
    if last < day:
        profile.hours[hour] = (weight * fading(HOURS_HALF_LIFE, day - last) + 1, day)


def _remember_last(profile: Profile, attempt: Attempt) -> None:
    """The latest by the attempts' own time, whatever order the proofs come in."""
    latest = (attempt.at, sorted((name, mark.own) for name, mark in attempt.marks.items()))
    if latest >= (profile.at, sorted(profile.last.items())):
        profile.at = attempt.at
        profile.last = {name: mark.own for name, mark in attempt.marks.items()}
        profile.place = attempt.place
        profile.offset = attempt.offset if attempt.offset is not None else profile.offset


def _forget_weakest(profile: Profile, day: int) -> None:
    """Keep the strongest values of each level and the latest coarser ones; probation ends after a while."""
    profile.probation = {own: began for own, began in profile.probation.items() if day - began < PROBATION}
    for level, values in profile.values.items():
        if len(values) > KEPT:
            half_life = LEVELS[level][1].half_life
            ranked = sorted(
                values.items(),
                key=lambda item: (item[1].weight * fading(half_life, profile.day - item[1].day), item[1].day, item[0]),
            )
            for own, _value in ranked[:-KEPT]:
                del values[own]
        parents = profile.under[level]
        if len(parents) > KEPT:
            oldest = sorted(parents, key=lambda own: (parents[own].day, parents[own].mass, own))
            for own in oldest[:-KEPT]:
                del parents[own]
