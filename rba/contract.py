"""The words that features, arithmetic, stores and faces share: what an attempt shows, and what is decided."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from django.utils.functional import Promise

Words = str | Promise


class Outcome(StrEnum):
    """What is to happen with an attempt."""

    ALLOW = "allow"
    STEP_UP = "step_up"
    DENY = "deny"


class How(StrEnum):
    """What a level of an attempt is to this user."""

    USUAL = "usual"
    RARE = "rare"
    NEW = "new"
    MISSING = "missing"


class Kept(StrEnum):
    """In which form a level is kept."""

    KEYED_HASH = "keyed hash"
    COARSE = "coarse bucket"


@dataclass(frozen=True)
class Context:
    """What one attempt shows, in clear. Lives while it is decided, is never stored. Empty or None: not known."""

    at: float  # seconds since 1970
    address: str = ""
    asn: int | None = None
    country: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    user_agent: str = ""
    browser: str = ""
    browser_version: str = ""
    system: str = ""
    system_version: str = ""
    device_type: str = ""
    language: str = ""
    zone: str = ""
    fingerprint: str = ""


class Copied(NamedTuple):
    """How likely each kind of attacker shows the victim's own value of a level, given that the coarser one matched.

    Assumptions, not measurements: neither 0 nor 1, so that no kind of attacker is ever ruled out by one level.
    """

    anywhere: float
    country: float
    place: float
    fingerprint: float


@dataclass(frozen=True)
class Level:
    """One level of a feature: a value that is compared with what the user and all users of the customer showed.

    `within` names the coarser levels that it is nested in, nearest first; its share is counted within the nearest one
    that an attempt shows. `beside` names levels that change together with it, so that one event counts once;
    `amid` names levels whose value makes a new one here likelier or not, as a telephone's network does for addresses.
    `novelty` is how often a proved sign-in shows a new value, before the customer's own traffic says so. `varied`
    tells how many values there are in the world, roughly, for an attacker who is from anywhere.
    """

    name: str
    copied: Copied
    novelty: float
    within: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    amid: tuple[str, ...] = ()
    half_life: int = 120  # days in which a value that is not shown loses half its weight
    varied: int = 0
    pair: tuple[str, ...] = ()  # of which levels the value is made: nothing is missing when one of them is
    kept: Kept = Kept.KEYED_HASH


FEATURES: dict[str, "Feature"] = {}


class Feature(ABC):
    """One of the eight kinds of data that are looked at: one subclass, one file in rba/features/, one in FEATURES."""

    key: ClassVar[str]
    label: ClassVar[Words]
    about_data: ClassVar[Words]  # what is read and how it is kept: shown before it is switched on
    levels: ClassVar[tuple[Level, ...]] = ()  # fine to coarse
    on_by_default: ClassVar[bool] = True
    words: ClassVar[Mapping[tuple[str, How], Words]] = {}  # what a finding says to the person whom it is about

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls.key in FEATURES:
            raise ValueError(f"feature {cls.key!r} is registered twice")
        FEATURES[cls.key] = cls()

    @abstractmethod
    def read(self, context: Context) -> dict[str, str]:
        """The value of each level that the attempt shows; a level that it does not show is left out. Never raises."""


class Mark(NamedTuple):
    """A level's value as keyed hashes: as this user's, as anybody's; and those of the coarser level it is within."""

    own: str
    crowd: str
    parent_own: str = ""
    parent_crowd: str = ""


@dataclass(frozen=True)
class Attempt:
    """What is left of a context once it is hashed and made coarse: all that arithmetic and stores see."""

    at: int  # seconds, whole minutes
    marks: dict[str, Mark]  # by level
    features: frozenset[str]  # those that are looked at
    offset: int | None = None  # minutes from UTC that the client's zone has
    version: int | None = None  # the browser's major version
    place: tuple[float, float] | None = None  # latitude and longitude, to a tenth of a degree

    @property
    def day(self) -> int:
        return self.at // 86400


@dataclass(frozen=True)
class Finding:
    """What one level was, and what it added (decibans), for pages that explain a decision."""

    feature: str
    level: str
    how: How
    points: float


@dataclass(frozen=True)
class Scored:
    """A score with its parts in decibans: base and parts add up to the total. `score` is None without a history."""

    score: float | None
    total: float
    base: float
    parts: dict[str, float]
    findings: tuple[Finding, ...] = field(default=())
