"""The score: pure arithmetic over what was compared, no clock, no chance, no input or output.

In the line of Freeman et al. (doi 10.14722/ndss.2016.23240) and Wiefling et al. (doi 10.1145/3546069): how much
likelier an attempt is from an attacker than from its owner, in log space, a part for each feature. What they leave out:

- **Chains.** Country, network, block and address are one fact, told ever more finely: each level counts within the
  coarser one. Likewise system, browser, version, fingerprint.
- **Several attackers.** Each level is weighed against four kinds, who know more and more of the victim; their sums are
  mixed: log sum_j pi_j exp(sum_k a_jk). For every kind and level a known value is at most neutral and a new or missing
  one at least neutral, so that the total is monotone whatever the mixture does.
- **Bounds.** Each feature, and all that speaks for the owner together, is bounded: one familiar field cannot buy off
  three foreign ones. What speaks for the owner is scaled by n/(n+k): a thin history can show guilt, not innocence.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rba.compare import Comparison
from rba.contract import Attempt, Copied, Finding, How, Scored
from rba.crowd import Crowd, rate
from rba.events import Past, against_user, at_source, travel
from rba.profile import HOURS_HALF_LIFE, Profile, fading, local_hour

ENGINE = 2  # the version of everything in this module
DECIBAN = 10 / math.log(10)

KINDS = Copied._fields
PRIOR = Copied(0.15, 0.2, 0.45, 0.2)
BASE = -20.0  # decibans: an attack in a hundred attempts
MIDDLE, SPREAD = -6.0, 8.0  # the total at 50, and how steep the scale is
LEAST, MOST = -2.3, 5.8  # of a feature, in nats
LEAST_TOGETHER = -5.8  # of all that speaks for the owner
THIN = 2.0  # days of history that count half
LACKING_TOGETHER = 5.8  # the most that all missing levels add, in nats: what strips one strips them all
LACKING = 0.03  # how likely an attacker strips a level that is there
CROWD_COPIES = {"address": 0.1, "prefix": 0.4}  # how likely an attacker's new one is known to the customer's users


class Row(NamedTuple):
    """One level and its weight for each kind of attacker."""

    level: str
    how: How
    weights: list[float]


def score(
    attempt: Attempt,
    profile: Profile,
    crowd: Crowd,
    comparisons: Sequence[Comparison],
    past: Iterable[Past] = (),
) -> Scored:
    """Weigh an attempt. Without a history there is a total but no score."""
    rows: dict[str, list[Row]] = {one.feature: [] for one in comparisons}
    for one in comparisons:
        if one.how is not How.MISSING:
            rows[one.feature].append(Row(one.level.name, one.how, weigh(one, crowd)))
    for one, weight in _lacking([one for one in comparisons if one.how is How.MISSING], len(rows)):
        rows[one.feature].append(Row(one.level.name, one.how, [weight] * len(KINDS)))
    for feature, level, weight in _alike(attempt, profile, crowd, past):
        rows.setdefault(feature, []).append(Row(level, How.NEW, [weight] * len(KINDS)))
    trust = profile.days / (profile.days + THIN)
    return _mixed(rows, {feature: _bounded(found, trust) for feature, found in rows.items()}, profile)


def _lacking(missing: Iterable[Comparison], features: int) -> Iterator[tuple[Comparison, float]]:
    """What is missing, the strongest level of each feature. Together it is bounded: what strips one strips them all.

    One field that got lost says little; an attempt that shows nothing which its user always shows is never low.
    """
    found: dict[str, Comparison] = {}
    for one in missing:
        if one.feature not in found or one.missed < found[one.feature].missed:
            found[one.feature] = one
    weights = [lacks(one) for one in found.values()]
    total = math.fsum(weights)
    least = LACKING_TOGETHER * (math.fsum(1 - one.missed for one in found.values()) / max(features, 1)) ** 2
    scaled = min(LACKING_TOGETHER, max(least, total)) / total if total else 0.0
    return ((one, weight * scaled) for one, weight in zip(found.values(), weights, strict=True))


def lacks(one: Comparison) -> float:
    """Log of how much likelier an attacker's attempt lacks a level than the owner's does."""
    return math.log(1 + LACKING * (1 - one.missed) / one.missed)


def _alike(attempt: Attempt, profile: Profile, crowd: Crowd, past: Iterable[Past]) -> Iterator[tuple[str, str, float]]:
    """What weighs the same for every kind of attacker: feature, level, weight."""
    if "time" in attempt.features:
        yield "time", "hour", hour(attempt, profile, crowd)
    if "location" in attempt.features:
        yield "location", "travel", travel(attempt, profile)
    if "ip_address" in attempt.features or "fingerprint" in attempt.features:
        yield "velocity", "velocity", max(against_user(attempt, profile, past), at_source(attempt, crowd))


def weigh(one: Comparison, crowd: Crowd) -> list[float]:
    """For each kind of attacker: log of how much likelier it shows this than the owner does."""
    if one.how is How.MISSING:
        return [lacks(one)] * len(KINDS)
    if one.share:
        return [
            min(0.0, math.log(copied + (1 - copied) * _guessed(one) / max(one.share * (1 - one.novelty), 1e-6)))
            for copied in one.level.copied
        ]
    return [
        max(0.0, math.log((1 - copied) / one.novelty) + extra)
        for copied, extra in zip(one.level.copied, _extra(one, crowd), strict=True)
    ]


def _guessed(one: Comparison) -> float:
    return one.crowd_share if not one.level.pair else 0.3


def _extra(one: Comparison, crowd: Crowd) -> list[float]:
    """What else tells an attacker's new value from an owner's: rare everywhere, known to nobody here, outdated."""
    extra = [0.0] * len(KINDS)
    if one.level.varied:
        rarity = math.log(0.5 + 0.5 / one.level.varied / one.crowd_share)
        extra[0] += min(rarity, 2.3)
        extra[1] += min(rarity, 2.3) if one.level.name != "country" else 0
    if one.level.name in CROWD_COPIES:
        attacker = CROWD_COPIES[one.level.name]
        owner = rate(crowd, f"knows:{one.level.name}", "", attacker, 25)
        step = math.log(attacker / owner) if one.crowd_knows else math.log((1 - attacker) / (1 - owner))
        extra = [figure + step for figure in extra]
    if one.older is not None:
        owner = rate(crowd, f"older:{one.level.name}", "", 0.1, 25)
        step = math.log(0.5 / owner) if one.older else math.log(0.5 / (1 - owner))
        extra = [figure + step for figure in extra]
    return extra


def hour(attempt: Attempt, profile: Profile, crowd: Crowd) -> float:
    """Log of how much likelier an attacker comes at this hour of the week than the owner does."""
    now = local_hour(profile, attempt)
    everybody = [crowd.get("hour", str((now + step) % 24))[0] for step in range(-1, 2)]
    total, _ = crowd.get("proofs", "")
    usual = (sum(everybody) / 3 * 24 + 24) / (total + 24)
    weights = near = weekend = 0.0
    for of_week, (weight, day) in profile.hours.items():
        left = weight * fading(HOURS_HALF_LIFE, profile.day - day)
        weights += left
        near += left * _KERNEL[abs(of_week - now) % 24]
        weekend += left * (is_weekend(of_week) == is_weekend(now))
    owner = (near + 3 * usual) / (weights + 3)
    share = 2 / 7 if is_weekend(now) else 5 / 7
    owner *= (weekend + 4 * share) / (weights + 4) / share
    return max(-1.2, min(2.0, math.log((0.5 + 0.5 * usual) / owner)))


def is_weekend(of_week: int) -> bool:
    """Hours of the week begin on a Thursday, as 1 January 1970 was one."""
    return of_week // 24 in (2, 3)


def _kernel() -> list[float]:
    raw = [math.exp(-0.5 * (min(step, 24 - step) / 1.6) ** 2) for step in range(24)]
    return [24 * figure / sum(raw) for figure in raw]


_KERNEL = _kernel()


def _bounded(rows: list[Row], trust: float) -> list[float]:
    """A feature's sum for each kind of attacker, bounded; what speaks for the owner is scaled by the trust in it."""
    sums = [math.fsum(row.weights[kind] for row in rows) for kind in range(len(KINDS))]
    return [min(MOST, max(LEAST, figure * (trust if figure < 0 else 1.0))) for figure in sums]


def _mixed(rows: Mapping[str, list[Row]], sums: dict[str, list[float]], profile: Profile) -> Scored:
    logs = []
    for kind, prior in enumerate(PRIOR):
        below = math.fsum(row[kind] for row in sums.values() if row[kind] < 0)
        shrink = LEAST_TOGETHER / below if below < LEAST_TOGETHER else 1.0
        for row in sums.values():
            if row[kind] < 0:
                row[kind] *= shrink
        logs.append(math.log(prior) + math.fsum(row[kind] for row in sums.values()))
    most = max(logs)
    total = most + math.log(math.fsum(math.exp(log - most) for log in logs))
    shares = [math.exp(log - total) for log in logs]
    parts = {
        feature: DECIBAN * math.fsum(share * figure for share, figure in zip(shares, row, strict=True))
        for feature, row in sums.items()
    }
    parts["attacker"] = DECIBAN * math.fsum(
        share * math.log(prior / share) for share, prior in zip(shares, PRIOR, strict=True) if share > 0
    )
    together = math.fsum([BASE, *parts.values()])
    return Scored(scale(together) if profile.proofs else None, together, BASE, parts, _findings(rows, shares))


def _findings(rows: Mapping[str, list[Row]], shares: Sequence[float]) -> tuple[Finding, ...]:
    """The levels that speak for an attacker, the strongest first, before a feature's bound."""
    found = []
    for feature, levels in rows.items():
        for row in levels:
            points = DECIBAN * math.fsum(share * weight for share, weight in zip(shares, row.weights, strict=True))
            if points >= 1:
                found.append(Finding(feature, row.level, row.how, round(points, 1)))
    return tuple(sorted(found, key=lambda one: (-one.points, one.level)))


def scale(total: float) -> float:
    """Decibans as 0 to 100; no probability."""
    return 100 / (1 + math.exp(-max(-300.0, min(300.0, (total - MIDDLE) / SPREAD))))


NO_SCORE = Scored(None, BASE, BASE, {})
