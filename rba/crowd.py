"""What all users of one customer showed, as fading counts: how common a value is, how often something new is shown."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

HALF_LIFE = 90  # days
NAMED_FROM = 3  # users who must have shown a value before it counts by name


class Lesson(NamedTuple):
    """A change of one count. `tag` tells users apart for values that count by name, and is dropped once enough did."""

    level: str
    key: str
    seen: float = 1.0
    hits: float = 0.0
    tag: str = ""


class Crowd(Protocol):
    """Reads counts: how many, how many of them were hits; zeros for what was never seen or by too few users."""

    def get(self, level: str, key: str) -> tuple[float, float]: ...


@dataclass(slots=True)
class Count:
    """One fading count."""

    count: float = 0.0
    hits: float = 0.0
    day: int = 0
    tags: frozenset[str] | None = frozenset()  # None once enough users showed it


@dataclass
class Counts:
    """The counts of one customer. Fades when it is written and read alike, by the day that it was last told."""

    day: int = 0
    counts: dict[tuple[str, str], Count] = field(default_factory=dict)

    def get(self, level: str, key: str) -> tuple[float, float]:
        found = self.counts.get((level, key))
        if found is None or found.tags:
            return 0.0, 0.0
        if found.day >= self.day:
            return found.count, found.hits
        left = _left(self.day - found.day)
        return found.count * left, found.hits * left

    def fold(self, lessons: Iterable[Lesson], day: int) -> None:
        """Add what was learned by a day."""
        self.day = max(self.day, day)
        for lesson in lessons:
            found = self.counts.get((lesson.level, lesson.key))
            if found is None:
                found = self.counts[lesson.level, lesson.key] = Count(day=self.day)
            elif found.day < self.day:
                left = _left(self.day - found.day)
                found.count *= left
                found.hits *= left
                found.day = self.day
            found.count += lesson.seen
            found.hits += lesson.hits
            if found.tags is not None:
                found.tags = _with_tag(found.tags, lesson.tag)


_FADING: list[float] = [0.5 ** (days / HALF_LIFE) for days in range(2000)]


def _left(days: int) -> float:
    return _FADING[min(max(days, 0), len(_FADING) - 1)]


def _with_tag(tags: frozenset[str], tag: str) -> frozenset[str] | None:
    """The users who showed a value, until there are enough of them. What bears no tag needs none."""
    if not tag:
        return None
    tags |= {tag}
    return None if len(tags) >= NAMED_FROM else tags


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def odds_share(logits: float) -> float:
    """The share whose logit this is, kept off 0 and 1."""
    return 1 / (1 + math.exp(-max(-7.0, min(5.0, logits))))


def rate(crowd: Crowd, level: str, key: str, otherwise: float, weight: float) -> float:
    """The share of hits, leaning on another share with that weight while little was seen. Between 0 and 1."""
    count, hits = crowd.get(level, key)
    return min(0.999, max(0.0005, (hits + weight * otherwise) / (count + weight)))
