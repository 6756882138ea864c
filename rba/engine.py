"""From an attempt to a decision, over any store: the same steps for one request and for a long stream."""

from dataclasses import dataclass

from rba.compare import compare, expectations, lessons
from rba.contract import Attempt, Context, Outcome, Scored
from rba.features import FEATURES
from rba.keys import Keys, hashed, in_crowd, read
from rba.score import NO_SCORE, score
from rba.store import Decision, Loaded, Store

ALL = frozenset(FEATURES)
STEP_UP_FROM = 50.0
DENY_FROM = 98.9  # thirty decibans


@dataclass(frozen=True)
class Engine:
    """One customer's decisions: its store, its key, and the features that it looks at."""

    store: Store
    keys: Keys
    features: frozenset[str] = ALL

    def decide(self, name: str, user: str, context: Context) -> Decision:
        """Score an attempt, decide and record it under a name by which `prove` finds it."""
        decision, _loaded = self.weigh(name, user, context)
        self.store.record(decision)
        return decision

    def fail(self, name: str, user: str, context: Context) -> None:
        """Record that a password was wrong."""
        self.store.record(self.failed(name, user, context))

    def failed(self, name: str, user: str, context: Context) -> Decision:
        """The same, not recorded yet."""
        attempt, _loaded = self._read(user, context)
        return refused(name, user, attempt)

    def prove(self, name: str) -> bool:
        """Learn from an attempt that was proved."""
        return self.store.teach(name)

    def weigh(self, name: str, user: str, context: Context) -> tuple[Decision, Loaded]:
        """Score an attempt by what the store knows, and say what that was; nothing is recorded."""
        attempt, loaded = self._read(user, context)
        comparisons = compare(attempt, loaded.profile, loaded.crowd)
        scored = score(attempt, loaded.profile, loaded.crowd, comparisons, loaded.past)
        decision = Decision(
            name,
            user,
            attempt,
            scored,
            outcome_of(scored),
            tuple(lessons(attempt, loaded.profile, comparisons, self.keys.crowd("user", user)[:4])),
            expectations(comparisons),
            levels={one.level.name: one.how for one in comparisons},
        )
        return decision, loaded

    def _read(self, user: str, context: Context) -> tuple[Attempt, Loaded]:
        values = read(context, self.features)
        crowd = in_crowd(values, self.keys)
        loaded = self.store.load(user, crowd, int(context.at))
        own = {level: self.keys.own(loaded.salt, level, value, loaded.key_id) for level, value in values.items()}
        return hashed(context, self.features, values, crowd, own), loaded


def refused(name: str, user: str, attempt: Attempt) -> Decision:
    """A failure: nothing is scored."""
    return Decision(name, user, attempt, NO_SCORE, Outcome.STEP_UP, failed=True)


def outcome_of(scored: Scored) -> Outcome:
    """Without a history more proof; otherwise by the score alone. Policies come on top."""
    if scored.score is None:
        return Outcome.STEP_UP
    if scored.score >= DENY_FROM:
        return Outcome.DENY
    return Outcome.STEP_UP if scored.score >= STEP_UP_FROM else Outcome.ALLOW
