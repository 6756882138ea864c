"""What ours is compared with: a plain Freeman model, and a rule engine that gives points for what is new."""

import json
import math
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

Line = dict[str, Any]
Scores = dict[str, float | None]


def run(stream: Path) -> dict[str, Scores]:
    """The score of every attempt by each baseline; None for a user without history. They learn what was proved."""
    models: dict[str, Freeman | Points] = {"Freeman": Freeman(), "points for new": Points()}
    scores: dict[str, Scores] = {name: {} for name in models}
    open_attempts: dict[str, Line] = {}
    with stream.open() as lines:
        for text in lines:
            line = json.loads(text)
            if line["type"] == "attempt":
                open_attempts[line["id"]] = line
                for name, model in models.items():
                    scores[name][line["id"]] = model.score(line)
            elif line["type"] == "outcome" and line["verified"]:
                for model in models.values():
                    model.learn(open_attempts[line["id"]])
    return scores


class Freeman:
    """Freeman et al. (NDSS 2016) with the weights of Wiefling et al.'s published code, in log space.

    Address and user agent, each with coarser levels; the global side's finest level is smoothed, and what a user never
    showed at any level counts a quarter of the global share (risk.md §1 tells where each figure is from).
    """

    FEATURES = (
        (("ip", 0.6), ("asn", 0.3), ("country", 0.1)),
        (("ua", 0.5387), ("browser_and_version", 0.2680), ("os_and_version", 0.1882), ("device_type", 0.0051)),
    )

    def __init__(self) -> None:
        self.all: dict[str, Counter[str]] = defaultdict(Counter)
        self.own: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.count = 0
        self.counts: Counter[str] = Counter()

    def score(self, line: Line) -> float | None:
        user = line["user"]
        if not self.counts[user]:
            return None
        total = math.log(self.count / (len(self.counts) * self.counts[user]))
        for levels in self.FEATURES:
            values = [(level, weight, _value(line, level)) for level, weight in levels]
            everywhere = sum(
                weight * self._share(level, value, finest=index == 0)
                for index, (level, weight, value) in enumerate(values)
            )
            here = sum(weight * self.own[user][level][value] / self.counts[user] for level, weight, value in values)
            total += math.log(everywhere / (here or everywhere / 4))
        return total

    def _share(self, level: str, value: str, finest: bool) -> float:
        seen = self.all[level][value]
        if not finest:
            return seen / self.count
        unseen = len(self.all[level]) + 1
        return seen / self.count * (1 - unseen / (self.count + unseen)) if seen else 1 / (self.count + unseen)

    def learn(self, line: Line) -> None:
        self.count += 1
        self.counts[line["user"]] += 1
        for levels in self.FEATURES:
            for level, _weight in levels:
                self.all[level][_value(line, level)] += 1
                self.own[line["user"]][level][_value(line, level)] += 1


class Points:
    """Points for each thing that a user has not shown before, as simple products do."""

    POINTS = {
        "country": 40,
        "city": 15,
        "asn": 15,
        "ip": 10,
        "device_type": 20,
        "os": 20,
        "browser": 15,
        "browser_and_version": 5,
        "lang": 15,
        "tz": 15,
        "fp": 25,
        "hour": 5,
    }

    def __init__(self) -> None:
        self.seen: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def score(self, line: Line) -> float | None:
        seen = self.seen.get(line["user"])
        if not seen:
            return None
        return sum(points for level, points in self.POINTS.items() if (level, _value(line, level)) not in seen)

    def learn(self, line: Line) -> None:
        self.seen[line["user"]] |= {(level, _value(line, level)) for level in self.POINTS}


def _value(line: Line, level: str) -> str:
    if level == "browser_and_version":
        return f"{line.get('browser')} {line.get('browser_version')}"
    if level == "os_and_version":
        return f"{line.get('os')} {line.get('os_version')}"
    if level == "hour":
        return str(int(line["ts"] // 3600 % 24))
    return str(line.get(level))
