"""Figures: how many attacks are caught at a given share of owners asked again, and the area under that curve."""

import bisect
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from bench.risk.attackers import KINDS

RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
LENGTHS = ((1, 2), (3, 5), (6, 12), (13, 39), (40, 10**9))  # proved sign-ins before


def caught(owners: list[float], attacks: list[float], rate: float) -> float:
    """The share of attacks above the score that this share of owners exceed; ties are shared out."""
    ranked = sorted(owners, reverse=True)
    cut = ranked[min(len(ranked) - 1, int(rate * len(ranked)))]
    above, at = sum(score > cut for score in ranked), sum(score == cut for score in ranked)
    part = (rate * len(ranked) - above) / at
    return (sum(score > cut for score in attacks) + part * sum(score == cut for score in attacks)) / len(attacks)


def area(owners: list[float], attacks: list[float]) -> float:
    """The chance that an attack scores higher than an owner (AUC)."""
    ranked = sorted(owners)
    wins = sum(bisect.bisect_left(ranked, score) + bisect.bisect_right(ranked, score) for score in attacks)
    return wins / 2 / len(ranked) / len(attacks)


def table(scores: dict[str, dict[str, float | None]], truth: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """For each model and kind of attacker: shares caught by rate, AUC; and at 5 % by length of history."""
    answers = list(truth)
    return {name: _model(found, answers) for name, found in scores.items()}


def _model(found: dict[str, float | None], answers: list[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[str, list[float]] = defaultdict(list)
    by_length: dict[tuple[str, tuple[int, int]], list[float]] = defaultdict(list)
    for answer in answers:
        score = found[answer["id"]]
        if score is None:
            continue
        kind = answer["kind"] or "owner"
        groups[kind].append(score)
        length = next((one for one in LENGTHS if one[0] <= answer["history"] <= one[1]), LENGTHS[0])
        by_length[kind, length].append(score)
    owners = groups["owner"]
    return {
        kind: {
            "caught": {rate: caught(owners, groups[kind], rate) for rate in RATES},
            "area": area(owners, groups[kind]),
            "lengths": {
                length: caught(by_length["owner", length], by_length[kind, length], 0.05)
                for length in LENGTHS
                if by_length["owner", length] and by_length[kind, length]
            },
        }
        for kind in KINDS
    }


def printed(figures: dict[str, Any]) -> str:
    """The figures as tables for people."""
    lines = []
    for kind in KINDS:
        lines.append(f"\n{kind:22}" + "".join(f"{rate:8.1%}" for rate in RATES) + "     AUC")
        for name, model in figures.items():
            row = model[kind]
            lines.append(
                f"  {name:20}" + "".join(f"{row['caught'][rate]:8.1%}" for rate in RATES) + f"{row['area']:8.4f}"
            )
    lines.append("\nat 5 %, by length of history" + "".join(f"{low:>6}+" for low, _high in LENGTHS))
    for kind in KINDS:
        for name, model in figures.items():
            row = model[kind]["lengths"]
            lines.append(
                f"  {kind:8} {name:17}" + "".join(f"{row.get(length, float('nan')):7.1%}" for length in LENGTHS)
            )
    return "\n".join(lines)
