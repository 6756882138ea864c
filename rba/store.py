"""Where histories and counts live: what every store does, and one over dicts for whole streams at once."""

import secrets
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rba.contract import Attempt, How, Outcome, Scored
from rba.crowd import Counts, Crowd, Lesson
from rba.events import OPEN, SOURCES, Past
from rba.profile import Profile, teach

FOLD_EVERY = 60  # seconds
PASTS = 50  # unproved attempts that are remembered of one user, for a day


@dataclass(frozen=True)
class Loaded:
    """All that one decision reads."""

    profile: Profile
    salt: bytes
    crowd: Crowd
    past: Iterable[Past] = ()
    key_id: str = ""  # of the root key that the user's hashes were made with


@dataclass(frozen=True)
class Decision:
    """One decision, as it is recorded: enough to explain it, and to learn from it once it is proved."""

    id: str
    user: str
    attempt: Attempt
    scored: Scored
    outcome: Outcome
    lessons: tuple[Lesson, ...] = ()
    expected: Mapping[str, int] = field(default_factory=dict)
    failed: bool = False
    levels: Mapping[str, How] = field(default_factory=dict)


class Store(Protocol):
    """Histories of one customer's users. A decision is one `load` and one `record`; learning waits for proof."""

    def load(self, user: str, crowd: Mapping[str, str], at: int = 0) -> Loaded:
        """The user's history, what everybody showed of these values (a hash by level), what was unproved lately."""

    def record(self, decision: Decision) -> None:
        """Keep a decision, or a failure, which teaches nobody anything but how much fails at its source."""

    def teach(self, decision: str) -> bool:
        """Learn from a decision that was proved: once, however often it is told. False where nothing is to learn."""

    def fold(self, at: int) -> None:
        """Add to the customer's counts what was learned, and what stayed unproved, by then."""


class MemoryStore:
    """Everything in dicts, folding by the attempts' own time: for streams, rehearsals and tests."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}
        self._salts: dict[str, bytes] = {}
        self._crowd = Counts()
        self._waiting: dict[str, Decision] = {}
        self._recent: deque[Decision] = deque()
        self._past: dict[str, deque[Decision]] = defaultdict(lambda: deque(maxlen=PASTS))
        self._learned: list[Lesson] = []
        self._folded = 0

    def load(self, user: str, crowd: Mapping[str, str], at: int = 0) -> Loaded:
        pasts = tuple(past_of(one) for one in self._past[user]) if user in self._past else ()
        profile = self._profiles.setdefault(user, Profile())
        return Loaded(profile, self._salts.setdefault(user, secrets.token_bytes(16)), self._crowd, pasts)

    def record(self, decision: Decision) -> None:
        self._past[decision.user].append(decision)
        self._waiting[decision.id] = decision
        self._recent.append(decision)
        if decision.attempt.at - self._folded >= FOLD_EVERY:
            self.fold(decision.attempt.at)

    def teach(self, decision: str) -> bool:
        found = self._waiting.get(decision)
        if found is None or found.failed:
            return False
        del self._waiting[decision]
        if found in self._past[found.user]:
            self._past[found.user].remove(found)
        teach(self._profiles[found.user], found.attempt, found.expected, doubted=found.outcome is Outcome.DENY)
        self._learned += found.lessons
        return True

    def fold(self, at: int) -> None:
        while self._recent and at - self._recent[0].attempt.at >= OPEN:
            old = self._recent.popleft()
            if self._waiting.get(old.id) is old:
                self._learned += unproved(old, self._profiles[old.user])
                if old.failed:
                    del self._waiting[old.id]
        self._crowd.fold(self._learned, at // 86400)
        self._learned = []
        self._folded = at


def past_of(decision: Decision) -> Past:
    """A decision as the next one of the same user sees it."""
    marks = {level: mark.own for level, mark in decision.attempt.marks.items() if level in SOURCES}
    return Past(decision.attempt.at, decision.failed, marks)


def unproved(decision: Decision, profile: Profile) -> list[Lesson]:
    """What is held against the source of an attempt that nobody proved; nothing where its user is at home."""
    marks = decision.attempt.marks
    if "address" in marks and marks["address"].own in profile.values.get("address", {}):
        return []
    return [Lesson(f"bad:{level}", marks[level].crowd) for level in SOURCES if level in marks]
