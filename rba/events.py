"""What no single attempt shows: journeys too fast to be made, and failures of one source or against one user.

Each adds to the risk or nothing, the same for every kind of attacker, and is capped: it may lead to more proof, never
alone to a refusal, since neighbours share addresses. What cannot be told counts as nothing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rba.contract import Attempt
from rba.crowd import Crowd
from rba.profile import Profile

MOST = 2.3  # nats: ten times likelier
KM_A_DEGREE = 111.2
SLACK = 150.0  # kilometres by which either place may be off
FASTEST = 300.0  # km/h from door to door that nobody wonders at
SHORTEST = 0.5  # hours: two places at once are two networks, not a journey
SOURCES = ("address", "prefix", "fingerprint")  # by which failures are counted
OPEN = 900  # seconds that an attempt has to be proved


@dataclass(frozen=True)
class Past:
    """An earlier attempt for the same user that was not proved, or a wrong password."""

    at: int
    failed: bool
    marks: dict[str, str]  # the user's own hashes of SOURCES


def travel(attempt: Attempt, profile: Profile) -> float:
    """How far beyond a plausible journey the place is; nothing in a network that the user has used before."""
    if attempt.place is None or profile.place is None or not profile.proofs:
        return 0.0
    network = attempt.marks.get("asn")
    if network is not None and network.own in profile.values.get("asn", {}):
        return 0.0
    hours = max(SHORTEST, (attempt.at - profile.at) / 3600)
    speed = max(0.0, distance(attempt.place, profile.place) - 2 * SLACK) / hours
    return min(MOST, math.log(speed / FASTEST)) if speed > FASTEST else 0.0


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points, on a round earth."""
    lat, lat_other = math.radians(one[0]), math.radians(other[0])
    step = math.radians(one[1] - other[1])
    chord = math.sin((lat - lat_other) / 2) ** 2 + math.cos(lat) * math.cos(lat_other) * math.sin(step / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(chord)))


def against_user(attempt: Attempt, profile: Profile, past: Iterable[Past]) -> float:
    """Recent failures and unproved attempts with this name from where the user has not been seen.

    An attempt from a known address is not held against the owner: strangers cannot lock anybody out by guessing.
    """
    if not profile.proofs or _is_known(attempt.marks["address"].own if "address" in attempt.marks else "", profile):
        return 0.0
    found = 0.0
    for one in past:
        if attempt.at - one.at > 86400 or (not one.failed and attempt.at - one.at < OPEN):
            continue
        if not _is_known(one.marks.get("address", ""), profile):
            same = any(level in attempt.marks and attempt.marks[level].own == own for level, own in one.marks.items())
            found += 1.2 if same else 0.5
    return min(MOST, found)


def at_source(attempt: Attempt, crowd: Crowd) -> float:
    """Names that failed or stayed unproved at this address, block or fingerprint, beyond what is usual there."""
    found = 0.0
    for level in SOURCES:
        if level in attempt.marks:
            mark = attempt.marks[level].crowd
            bad, _ = crowd.get(f"bad:{level}", mark)
            proved, _ = crowd.get(f"value:{level}", mark)
            found = max(found, math.log1p(max(0.0, bad - 0.5 - proved / 4)))
    return min(MOST, found)


def _is_known(address: str, profile: Profile) -> bool:
    return address in profile.values.get("address", {})
