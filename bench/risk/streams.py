"""A stream of sign-ins as `manage.py rba_score` reads it, and beside it the truth about each attempt."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.risk.attackers import attacks
from bench.risk.otherwise.foes import raids
from bench.risk.otherwise.people import people as others
from bench.risk.otherwise.people import visits
from bench.risk.otherwise.world import Land, Scene
from bench.risk.owners import people, signs_in
from bench.risk.world import Shape, World

PRIVATE = ("mistyped", "kind", "guesses")  # the generator's own, never written


def write(shape: Shape | Scene, seed: int, stream: Path, truth: Path) -> int:
    """Write both files; returns how many attempts there are."""
    count = 0
    proved: Counter[str] = Counter()
    users: dict[str, str] = {}
    with stream.open("w") as lines, truth.open("w") as answers:
        for line in events(shape, seed):
            kind = line.pop("kind", None)
            lines.write(json.dumps(line) + "\n")
            if line["type"] == "attempt":
                users[line["id"]] = line["user"]
                answers.write(json.dumps({"id": line["id"], "kind": kind, "history": proved[line["user"]]}) + "\n")
                count += 1
            elif line["type"] == "outcome":
                proved[users[line["id"]]] += 1
    return count


def events(shape: Shape | Scene, seed: int) -> Iterator[dict[str, Any]]:
    """Attempts, failures and outcomes in time order; an attack's attempt has a `kind` and is never proved."""
    chance = Random(seed + 1)
    attempts = _otherwise(shape, chance) if isinstance(shape, Scene) else _attempts(shape, seed, chance)
    lines: list[tuple[float, dict[str, Any]]] = []
    for number, attempt in enumerate(sorted(attempts, key=lambda one: float(one["ts"]))):
        lines += _lines(attempt, f"a{number}", chance)
    return (line for _ts, line in sorted(lines, key=lambda pair: pair[0]))


def _attempts(shape: Shape, seed: int, chance: Random) -> list[dict[str, Any]]:
    world = World(shape, seed)
    owners = people(world, chance)
    attempts = [attempt for owner in owners for attempt in signs_in(world, owner, chance)]
    return attempts + attacks(world, owners, chance)


def _otherwise(scene: Scene, chance: Random) -> list[dict[str, Any]]:
    land = Land(scene, chance)
    everybody = others(land, chance)
    attempts = [visit for one in everybody for visit in visits(land, one, chance)]
    return attempts + raids(land, everybody, chance)


def _lines(attempt: dict[str, Any], name: str, chance: Random) -> Iterator[tuple[float, dict[str, Any]]]:
    ts = float(attempt["ts"])
    shown = {field: value for field, value in attempt.items() if field not in PRIVATE}
    for _ in range(attempt.get("guesses", 0) + attempt.get("mistyped", False)):
        earlier = ts - chance.uniform(5, 120)
        yield earlier, {**shown, "type": "failure", "id": f"{name}-f", "ts": round(earlier, 1)}
    yield ts, {**shown, "type": "attempt", "id": name, "ts": round(ts, 1), "kind": attempt.get("kind")}
    if "kind" not in attempt and chance.random() < 0.985:
        yield ts + chance.uniform(3, 40), {"type": "outcome", "id": name, "verified": True}
