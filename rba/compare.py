"""An attempt beside a user's history and the customer's traffic: each level known or new, how likely for its owner.

Novelty is the heart of it. A new address says much of somebody who has had one address for months, and nothing of
somebody whose phone gets another every hour. What the customer's users show in like circumstances (the same network or
browser, as long a history, as long a pause, a change beside it) gives the chance of a new value; the user's own record
says by what factor they exceed it or stay below.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from rba.contract import Attempt, How, Level, Mark
from rba.crowd import Crowd, Lesson, logit, odds_share, rate
from rba.features import LEVELS
from rba.profile import MILLE, Profile, Under, Value, fading, local_hour

OWN_WEIGHT = 0.6  # how many expected new values the customer's rate counts for, beside the user's own record
CROWD_WEIGHT = 25.0
CAME = 0.7  # new values expected in like circumstances that count for what is known of other circumstances
PAUSES = (1800, 10800, 50400, 129600, 345600, 1036800, 3456000)  # seconds
LENGTHS = (1, 2, 4, 8, 16, 40)  # proved sign-ins
RARE = 0.1


class Comparison(NamedTuple):
    """One level: what it is to this user, and the figures that the score needs."""

    level: Level
    feature: str
    how: How
    expected: float = 1.0  # the chance that anybody in like circumstances shows a new value
    novelty: float = 1.0  # the chance that this owner does
    share: float = 0.0  # of the value among the owner's own, when it is known
    crowd_share: float = 0.0  # of the value among everybody's
    under_known: bool = True  # whether the user has shown the coarser value
    crowd_knows: bool = False
    older: bool | None = None  # a new version: older than the newest that the user has shown?
    missed: float = 0.0  # the chance that the owner's attempt lacks it
    contexts: tuple[tuple[str, float], ...] = ()  # each circumstance, and the chance before it was looked at


class Comparing:
    """One attempt beside one history; `compare` is what others call."""

    def __init__(self, attempt: Attempt, profile: Profile, crowd: Crowd) -> None:
        self.attempt = attempt
        self.profile = profile
        self.crowd = crowd
        self.done: dict[str, Comparison] = {}
        self.pause = f"pause {sum(attempt.at - profile.at > bound for bound in PAUSES)}"
        self.length = f"length {sum(profile.proofs > bound for bound in LENGTHS)}"

    def all(self) -> list[Comparison]:
        for name, (feature, level) in LEVELS.items():
            if feature not in self.attempt.features:
                continue
            mark = self.attempt.marks.get(name)
            if mark is not None:
                if all(self._is_known(part) for part in level.pair):
                    self.done[name] = self._one(name, level, feature, mark)
            elif not level.pair:
                self.done[name] = Comparison(level, feature, How.MISSING, missed=self._missed(name))
        return list(self.done.values())

    def _is_known(self, name: str) -> bool:
        """A pair of values says something only where the user has shown both before."""
        return name not in self.attempt.marks or (name in self.done and self.done[name].share > 0)

    def _one(self, name: str, level: Level, feature: str, mark: Mark) -> Comparison:
        profile = self.profile
        value = profile.values.get(name, {}).get(mark.own)
        under = profile.under.get(name, {}).get(mark.parent_own)
        named, _ = self.crowd.get(f"value:{name}", mark.crowd)
        everybody, _ = self.crowd.get(f"mass:{name}", mark.parent_crowd)
        contexts, steady, expected = self._expected(name, level, mark)
        if under is None:
            novelty = 1.0  # below what the user never showed everything is new
        else:
            factor = (under.new + OWN_WEIGHT) / (under.expected / MILLE + OWN_WEIGHT)
            novelty = turned(steady if value else expected, factor)  # time alone makes nothing known safer
        share = own_share(level, value, under, profile, self.attempt.day) if value else 0.0
        return Comparison(
            level,
            feature,
            How.NEW if value is None else How.RARE if share < RARE else How.USUAL,
            expected,
            novelty,
            share,
            (named + 0.1) / (everybody + 1),
            under is not None,
            named > 0,
            self._is_older() if value is None and name == "browser_version" else None,
            0.0,
            contexts,
        )

    def _contexts(self, level: Level, mark: Mark) -> Iterator[str]:
        yield self.length
        if mark.parent_crowd:
            yield mark.parent_crowd
        for other in level.amid:
            if other in self.attempt.marks:
                yield self.attempt.marks[other].crowd
        for name in level.beside:
            if name in self.done and self.done[name].how is not How.MISSING:
                yield f"{name} {'new' if self.done[name].how is How.NEW else 'known'}"
        yield self.pause

    def _expected(self, name: str, level: Level, mark: Mark) -> tuple[tuple[tuple[str, float], ...], float, float]:
        """The circumstances, the chance of a new value without the last of them (the pause), and with all.

        Each corrects what those before it make likely by how many new values came for each that was expected there, so
        that circumstances which go together are not counted twice.
        """
        before = after = rate(self.crowd, f"new:{name}", "", level.novelty, CROWD_WEIGHT)
        contexts = []
        for key in self._contexts(level, mark):
            before = after
            contexts.append((key, before))
            expected, came = self.crowd.get(f"new:{name}", key)
            after = turned(before, (came + CAME) / (expected + CAME))
        return tuple(contexts), before, after

    def _is_older(self) -> bool | None:
        browser = self.attempt.marks.get("browser")
        if self.attempt.version is None or browser is None:
            return None
        newest = self.profile.versions.get(browser.own)
        return None if newest is None else self.attempt.version < newest

    def _missed(self, name: str) -> float:
        """The chance that the owner's attempt lacks a level."""
        usual = rate(self.crowd, f"missing:{name}", "", 0.1, CROWD_WEIGHT)
        lacked = self.profile.proofs - self.profile.shown.get(name, 0)
        return (lacked + 10 * usual) / (self.profile.proofs + 10)


def turned(chance: float, factor: float) -> float:
    """A chance times a factor of its odds; kept off 0 and 1."""
    return odds_share(logit(min(0.999, max(0.0005, chance))) + math.log(factor))


def compare(attempt: Attempt, profile: Profile, crowd: Crowd) -> list[Comparison]:
    """Every level of the features that are looked at, coarse to fine."""
    return Comparing(attempt, profile, crowd).all()


def own_share(level: Level, value: Value, under: Under | None, profile: Profile, day: int) -> float:
    """The share of a value among the user's own below the same coarser one. Falls while the user is away."""
    weight = value.weight * fading(level.half_life, day - value.day)
    mass = under.mass * fading(level.half_life, profile.day - under.day) if under else value.weight + 1
    return min(1.0, weight / max(mass, 1.0))


def expectations(comparisons: list[Comparison]) -> dict[str, int]:
    """How many new values (in thousandths) anybody would have shown at each level, which a proof adds to the record."""
    return {one.level.name: round(one.expected * MILLE) for one in comparisons if one.how is not How.MISSING}


def lessons(attempt: Attempt, profile: Profile, comparisons: list[Comparison], tag: str) -> list[Lesson]:
    """What the customer's counts learn from an attempt once it is proved, as it looked when it was made."""
    found = [Lesson("hour", str(local_hour(profile, attempt) % 24)), Lesson("proofs", "")]
    for one in comparisons:
        name = one.level.name
        mark = attempt.marks.get(name)
        if not one.level.pair:
            found.append(Lesson(f"missing:{name}", "", 1, mark is None))
        if mark is None:
            continue
        value = profile.values.get(name, {}).get(mark.own)
        if value is None or value.day < attempt.day:
            found.append(Lesson(f"value:{name}", mark.crowd, tag=tag))
            found.append(Lesson(f"mass:{name}", mark.parent_crowd))
        if one.under_known and profile.proofs:
            kept, new = f"new:{name}", float(value is None)
            found.append(Lesson(kept, "", 1, new))
            found += [Lesson(kept, key, chance, new) for key, chance in one.contexts]
            if value is None:
                found.append(Lesson(f"knows:{name}", "", 1, one.crowd_knows))
                if one.older is not None:
                    found.append(Lesson(f"older:{name}", "", 1, one.older))
    return found
