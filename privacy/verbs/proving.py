"""What proves who asks: a factor of the person's own, or the word of the customer or site; method and time alone."""

from django.db import transaction

from accounts.assurance import Assurance
from accounts.audit import Actor
from mfa.contract import METHODS
from privacy import moves
from privacy.models import Evidence, PrivacyRequest
from privacy.moves import Height, Kind, Move, State, Who
from privacy.verbs import requesting, telling

Way = Evidence.Way


def height_of(method: str) -> Height:
    """How much one method proves. What others gave, and what a mailbox is enough for, is a mailbox at most."""
    known = METHODS.get(method)
    if known is None or not known.is_own:
        return Height.NOTHING
    return Height.FACTOR if known.assurance > Assurance.WEAK else Height.MAILBOX


def needed(request: PrivacyRequest) -> Height:
    """How much this request takes."""
    return moves.height(request.kind, request.about)


def has_enough(request: PrivacyRequest) -> bool:
    """Whether what was proven reaches that height."""
    return any(one.height >= needed(request) for one in request.evidence.all())


@transaction.atomic
def prove(request: PrivacyRequest, method: str, by: Actor) -> bool:
    """Note that the person proved themselves by a method; whether that is enough, in which case it goes on.

    What is not enough is noted as well and moves nothing. Raises requesting.NotNow.
    """
    return _take(request, Way.OWN, method, height_of(method), by)


@transaction.atomic
def vouch(request: PrivacyRequest, how: str, by: Actor) -> bool:
    """Note who says that they know who asks, and how. Raises requesting.NotNow, ValueError."""
    if not how.strip():
        raise ValueError("nobody vouches without saying how")
    way = Way.SITE if moves.ACTORS.get(by.kind) is Who.SITE else Way.CUSTOMER  # type: ignore[call-overload]  # a plain text of them
    return _take(request, way, "", Height.FACTOR, by, how)


def _take(request: PrivacyRequest, way: str, method: str, height: Height, by: Actor, how: str = "") -> bool:
    row = requesting.locked(request)
    if row.state != State.EVIDENCE or (way != Way.OWN and requesting.who_is(row, by) is Who.PERSON):
        raise requesting.NotNow(Move.PROVE)
    Evidence.objects.create(request=row, way=way, method=method, height=height, by=by.id)
    if not has_enough(row):
        return False
    facts = {"way": str(way), "method": method, "height": height.name.lower()}
    row = requesting.move(row, Move.PROVE, by, text=how, facts=facts)
    if row.kind == Kind.ERASURE:
        _begin_wait(row, by)
    return True


def _begin_wait(row: PrivacyRequest, by: Actor) -> None:
    """The wait is for what a person asks for themselves; what the customer asks for them is carried out at once."""
    if row.channel == PrivacyRequest.Channel.OWN:
        telling.tell_cooling(row)
        telling.tell_deciders(row, "cooling")
        return
    row.ready_at = row.received_at
    row.save(update_fields=["ready_at"])
