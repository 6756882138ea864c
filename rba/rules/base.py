"""What every rule of a risk policy is made of: what is asked, what a rule may answer, and how strict that is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from accounts.assurance import Assurance
from rba.contract import Outcome, Scored, Words

ORDER_OF_OUTCOMES = (Outcome.ALLOW, Outcome.STEP_UP, Outcome.DENY)
MINIMA = (Assurance.WEAK, Assurance.AAL1, Assurance.AAL2)


class Wrong(ValueError):
    """A rule that cannot be; `field` names what to change, `words` say it to whom they show the form."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(field)
        self.field, self.words = field, words


class Band(StrEnum):
    """How risky an attempt looks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEW = "new"  # nothing was ever proved: there is no score
    NO_ANSWER = "no_answer"  # the engine failed


@dataclass(frozen=True)
class Facts:
    """What rules look at, in clear; never stored. Empty or None: it cannot be told."""

    address: str = ""
    asn: int | None = None
    kinds: frozenset[str] | None = None  # of the network; empty: an ordinary one, None: no lists are set up
    country: str = ""
    devices: int | None = None  # how many this user has proved to own
    is_new_device: bool | None = None
    offset: int | None = None  # minutes from UTC of the user's own zone, as learned: a client's word alone is none
    careful: Assurance = Assurance.NONE  # what a proof must be worth after a report or an erasure

    def to_json(self) -> dict[str, Any]:
        """What a decision keeps of them, to be asked of another policy; where somebody was is not among it."""
        return {
            "kinds": None if self.kinds is None else sorted(self.kinds),
            "devices": self.devices,
            "is_new_device": self.is_new_device,
            "offset": self.offset,
            "careful": int(self.careful),
        }


@dataclass(frozen=True)
class Asked:
    """One attempt, as rules see it. `scored` is None where the engine gave no answer."""

    scored: Scored | None
    facts: Facts
    at: datetime

    @property
    def score(self) -> float | None:
        return self.scored.score if self.scored is not None else None


@dataclass(frozen=True)
class Action:
    """What a rule wants: let in, more proof that is worth `minimum`, or refuse; and whether a notice goes out."""

    outcome: Outcome
    minimum: Assurance = Assurance.WEAK
    notice: bool = False

    @property
    def strength(self) -> tuple[int, int]:
        """How strict it is; more of proof is stricter, and a refusal is strictest whatever else it says."""
        rank = ORDER_OF_OUTCOMES.index(self.outcome)
        return rank, int(self.minimum) if self.outcome is Outcome.STEP_UP else 0

    @property
    def softened(self) -> "Action":
        """The same, but nobody is refused: for what cannot be told, and for whoever must never be shut out."""
        return replace(self, outcome=Outcome.STEP_UP) if self.outcome is Outcome.DENY else self

    def to_json(self) -> dict[str, Any]:
        return {"outcome": str(self.outcome), "minimum": int(self.minimum), "notice": self.notice}

    @classmethod
    def from_json(cls, field: str, said: Any) -> "Action":
        """What a policy says; raises Wrong for what is no action."""
        if not isinstance(said, Mapping):
            raise Wrong(field, "")
        try:
            outcome, minimum = Outcome(said.get("outcome", "")), Assurance(said.get("minimum", Assurance.WEAK))
        except ValueError as error:
            raise Wrong(field, "") from error
        if minimum not in MINIMA:
            raise Wrong(field, "")
        return cls(outcome, minimum, bool(said.get("notice", False)))


class Rule(ABC):
    """One rule of a policy, made from what the policy says of it: one subclass, one file in rba/rules/.

    A subclass raises Wrong for what cannot be. `yields` tells whether it is passed over for a trusted address.
    """

    key: ClassVar[str]
    label: ClassVar[Words]
    about: ClassVar[Words]  # what it looks at, and what it does when that cannot be told
    yields: ClassVar[bool] = True
    is_written: ClassVar[bool] = True  # False: it holds whatever the policy says, even where that only reports

    @abstractmethod
    def __init__(self, said: Mapping[str, Any]) -> None:
        """Read what the policy says."""

    @abstractmethod
    def speaks(self, asked: Asked) -> Action | None:
        """What it wants done with an attempt; None where it does not apply."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """As a policy keeps it: what `__init__` reads, in one spelling."""
