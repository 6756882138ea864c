"""What a request can be, which proof of who asks it takes, and its moves from state to state: one table for all."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditRecord


class Kind(TextChoices):
    """What somebody asks for (GDPR Art. 15 to 21), or asks about."""

    ACCESS = "access", _("a copy of the data")
    PORTABILITY = "portability", _("data to take elsewhere")
    RECTIFICATION = "rectification", _("a correction")
    CLARIFICATION = "clarification", _("a question about the data")
    RESTRICTION = "restriction", _("a pause in using the data")
    OBJECTION = "objection", _("no marketing")
    OBJECTION_OTHER = "objection-other", _("an objection to a use of the data")
    ERASURE = "erasure", _("erasure")


class State(TextChoices):
    """Where a request stands."""

    EVIDENCE = "evidence", _("waits for a proof of who asks")
    OPEN = "open", _("waits for a decision")
    COOLING = "cooling", _("waits before it is carried out")
    VERIFYING = "verifying", _("waits until the new address is proven")
    WORKING = "working", _("is being carried out")
    IN_FORCE = "in_force", _("in force")
    DONE = "done", _("done")
    PARTLY = "partly", _("done in part")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("called off")
    LAPSED = "lapsed", _("ended, since nobody proved who asks")


CLOSED = frozenset({State.DONE, State.PARTLY, State.REFUSED, State.CANCELLED, State.LAPSED})


class Who(StrEnum):
    """Who makes a move."""

    PERSON = "person"
    CUSTOMER = "customer"
    STAFF = "staff"
    SITE = "site"
    SYSTEM = "system"


ACTORS = {
    AuditRecord.Actor.USER: Who.PERSON,
    AuditRecord.Actor.STRANGER: Who.PERSON,  # who opens a link that was mailed to the person
    AuditRecord.Actor.MEMBER: Who.CUSTOMER,
    AuditRecord.Actor.STAFF: Who.STAFF,
    AuditRecord.Actor.SITE: Who.SITE,
    AuditRecord.Actor.TOKEN: Who.SITE,
    AuditRecord.Actor.SYSTEM: Who.SYSTEM,
}


class Move(TextChoices):
    """What can happen to a request."""

    PROVE = "prove", _("It was proven who asks")
    ASK_PROOF = "ask_proof", _("A proof of who asks is wanted")
    GRANT = "grant", _("Granted")
    GRANT_PART = "grant_part", _("Granted in part")
    ANSWER = "answer", _("Answered")
    REFUSE = "refuse", _("Refused")
    CANCEL = "cancel", _("Called off")
    GO_ON = "go_on", _("The wait is over")
    CONFIRM = "confirm", _("The new address is proven")
    FINISH = "finish", _("Carried out")
    FINISH_PART = "finish_part", _("Carried out in part")
    STOP = "stop", _("Not carried out: an account would be left without an owner")
    LIFT = "lift", _("The pause has ended")
    LAPSE = "lapse", _("Nobody proved who asks")


@dataclass(frozen=True)
class Rule:
    """One move: of which kinds, from which states, to which, and by whom."""

    move: Move
    kinds: frozenset[Kind]
    sources: frozenset[State]
    target: State
    by: frozenset[Who]


ALL = frozenset(Kind)
PACKAGES = frozenset({Kind.ACCESS, Kind.PORTABILITY})
DECIDED = frozenset({Kind.RECTIFICATION, Kind.CLARIFICATION, Kind.RESTRICTION, Kind.OBJECTION_OTHER})
PROVEN = ALL - {Kind.OBJECTION}  # the kinds that take a proof at all
DECIDERS = frozenset({Who.CUSTOMER, Who.STAFF})
PROVERS = DECIDERS | {Who.PERSON, Who.SITE}
WAITING = frozenset({State.EVIDENCE, State.OPEN, State.COOLING})
_SYSTEM = frozenset({Who.SYSTEM})


def _one(*states: State) -> frozenset[State]:
    return frozenset(states)


def _of(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


TABLE: tuple[Rule, ...] = (
    Rule(Move.PROVE, PACKAGES, _one(State.EVIDENCE), State.WORKING, PROVERS),
    Rule(Move.PROVE, _of(Kind.ERASURE), _one(State.EVIDENCE), State.COOLING, PROVERS),
    Rule(Move.PROVE, DECIDED, _one(State.EVIDENCE), State.OPEN, PROVERS),
    Rule(Move.ASK_PROOF, DECIDED | {Kind.ERASURE}, _one(State.OPEN, State.COOLING), State.EVIDENCE, DECIDERS),
    Rule(Move.ANSWER, _of(Kind.CLARIFICATION), _one(State.OPEN), State.DONE, DECIDERS),
    Rule(Move.GRANT, _of(Kind.OBJECTION_OTHER), _one(State.OPEN), State.DONE, DECIDERS),
    Rule(Move.GRANT, _of(Kind.RECTIFICATION), _one(State.OPEN), State.VERIFYING, DECIDERS),
    Rule(Move.GRANT, _of(Kind.RESTRICTION), _one(State.OPEN), State.IN_FORCE, DECIDERS),
    Rule(Move.GRANT_PART, _of(Kind.ERASURE), _one(State.COOLING), State.COOLING, DECIDERS),
    Rule(Move.REFUSE, PROVEN - {Kind.CLARIFICATION}, WAITING, State.REFUSED, DECIDERS),
    Rule(Move.CANCEL, PROVEN, WAITING | {State.VERIFYING}, State.CANCELLED, DECIDERS | {Who.PERSON}),
    Rule(Move.GO_ON, _of(Kind.ERASURE), WAITING, State.WORKING, _SYSTEM),  # or it was deleted meanwhile
    Rule(Move.CONFIRM, _of(Kind.RECTIFICATION), _one(State.VERIFYING), State.DONE, _SYSTEM | {Who.PERSON}),
    Rule(Move.FINISH, PACKAGES, _one(State.WORKING), State.DONE, _SYSTEM),
    Rule(Move.FINISH, _of(Kind.ERASURE), _one(State.WORKING), State.DONE, _SYSTEM),
    Rule(Move.CANCEL, PROVEN - {Kind.ERASURE}, frozenset(State) - CLOSED, State.CANCELLED, _SYSTEM),  # erased meanwhile
    Rule(Move.STOP, _of(Kind.ERASURE), _one(State.COOLING), State.EVIDENCE, _SYSTEM),
    Rule(Move.FINISH_PART, _of(Kind.ERASURE), _one(State.WORKING), State.PARTLY, _SYSTEM),
    Rule(Move.LIFT, _of(Kind.RESTRICTION), _one(State.IN_FORCE), State.DONE, DECIDERS | _SYSTEM),
    Rule(Move.LAPSE, PROVEN, _one(State.EVIDENCE), State.LAPSED, _SYSTEM),
)


def rule(move: Move, kind: str, state: str, who: Who) -> Rule | None:
    """The row of the table that allows a move, or None."""
    return next((one for one in moves_of(kind, state, who) if one.move is move), None)


def moves_of(kind: str, state: str, who: Who) -> Iterator[Rule]:
    """Every move that somebody can make of a request where it stands."""
    for one in TABLE:
        if kind in one.kinds and state in one.sources and who in one.by:
            yield one


class Height(IntEnum):
    """How much proof of who asks there is, or is needed."""

    NOTHING = 0
    MAILBOX = 1
    FACTOR = 2  # one of the person's own that is more than a mailbox, or the word of who knows them


_HEIGHTS = {Kind.OBJECTION: Height.NOTHING, Kind.CLARIFICATION: Height.MAILBOX, Kind.OBJECTION_OTHER: Height.MAILBOX}
LIGHT_FIELDS = frozenset({"first_name", "last_name", "language"})  # nobody signs in or is reached by them


def height(kind: str, about: str = "") -> Height:
    """What a request takes. A mailbox alone never erases, exports, pauses, nor changes how somebody is reached."""
    if kind == Kind.RECTIFICATION and about in LIGHT_FIELDS:
        return Height.MAILBOX
    return _HEIGHTS.get(Kind(kind), Height.FACTOR)


class Ground(TextChoices):
    """Why something is not done, datum by datum (GDPR Art. 12(5), 15(4), 17(3), 18(2), 21(1))."""

    LAW = "law", _("the law demands that it is kept")
    CLAIMS = "claims", _("it is needed for a legal claim")
    OTHERS = "others", _("it would harm the rights of others")
    SAFETY = "safety", _("it is needed to keep the sign-in safe")
    ACCURATE = "accurate", _("it is right as it stands")
    EXCESSIVE = "excessive", _("the same was asked again and again")
    NOT_HELD = "not_held", _("it is not held")
