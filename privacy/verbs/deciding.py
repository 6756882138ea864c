"""What is decided of a request, by the customer or by staff on its instruction, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from privacy import subjects
from privacy.models import PrivacyRequest
from privacy.moves import LIGHT_FIELDS, Ground, Kind, Move, State, Who
from privacy.verbs import apart, requesting, restricting, telling


class NoGround(Exception):
    """A refusal without a ground for each datum, or with a ground that there is not."""


@transaction.atomic
def answer(request: PrivacyRequest, text: str, by: Actor) -> None:
    """Answer a question about a datum; the answer is kept with it. Raises requesting.NotNow, ValueError."""
    if not text.strip():
        raise ValueError("an answer says something")
    row = requesting.move(request, Move.ANSWER, by, text=text[: requesting.LONGEST].strip())
    telling.tell_person(row, Move.ANSWER)


@transaction.atomic
def grant(
    request: PrivacyRequest, by: Actor, *, text: str = "", until: datetime | None = None, then: str = ""
) -> PrivacyRequest:
    """Say yes. A correction of a name is made now; one of an address once its new value is proven.

    A pause in using the data wants `until` and what comes `then`. Raises requesting.NotNow, ValueError.
    """
    if request.kind == Kind.RESTRICTION and (until is None or then not in PrivacyRequest.Then.values):
        raise ValueError("a pause ends on a day, and then something follows")
    row = requesting.move(request, Move.GRANT, by, text=text[: requesting.LONGEST].strip())
    if row.kind == Kind.RECTIFICATION:
        row = _correct(row, by)
    if row.kind == Kind.RESTRICTION:
        row.until, row.then = until, then
        row.save(update_fields=["until", "then"])
        restricting.begin(row, by)
    telling.tell_person(row, row.state if row.state == State.VERIFYING else Move.GRANT)
    return row


def _correct(row: PrivacyRequest, by: Actor) -> PrivacyRequest:
    """Correct at once what nobody is reached or signs in by; the rest waits until the new value is proven."""
    if row.about not in LIGHT_FIELDS or row.user is None:
        return row
    row.user.customer = row.customer
    changes = apart.correct(row.user, row.about, row.new_value, by)
    audit.record("privacy.corrected", by, row.customer, row.user, facts={"fields": [row.about]}, values=changes)
    return requesting.move(row, Move.CONFIRM, audit.SYSTEM)


@transaction.atomic
def refuse(request: PrivacyRequest, grounds: Mapping[str, str], text: str, by: Actor) -> None:
    """Say no, with a ground for each datum it is about and words for the person. Raises NoGround, requesting.NotNow."""
    _check(request, grounds, text)
    if set(grounds) != set(subjects.data_of(request)):
        raise NoGround
    row = requesting.move(request, Move.REFUSE, by, text=text[: requesting.LONGEST].strip(), facts=_facts(grounds))
    row.grounds = dict(grounds)
    row.save(update_fields=["grounds"])
    telling.tell_person(row, Move.REFUSE)


@transaction.atomic
def keep_some(request: PrivacyRequest, grounds: Mapping[str, str], text: str, by: Actor) -> None:
    """Let an erasure go on but for some data, each with a ground. Raises NoGround, requesting.NotNow.

    What stays has to belong to somebody, so the username stays with it and takes a ground as well.
    """
    _check(request, grounds, text)
    if subjects.USERNAME not in grounds or set(grounds) >= set(subjects.data_of(request)):
        raise NoGround
    row = requesting.move(request, Move.GRANT_PART, by, text=text[: requesting.LONGEST].strip(), facts=_facts(grounds))
    row.grounds = dict(grounds)
    row.save(update_fields=["grounds"])
    telling.tell_person(row, Move.GRANT_PART)


def _check(request: PrivacyRequest, grounds: Mapping[str, str], text: str) -> None:
    known = subjects.data_of(request)
    if not grounds or not text.strip() or not set(grounds) <= set(known):
        raise NoGround
    if not set(grounds.values()) <= set(Ground.values):
        raise NoGround


def _facts(grounds: Mapping[str, str]) -> dict[str, list[str]]:
    return {"grounds": sorted(set(grounds.values()))}


@transaction.atomic
def ask_proof(request: PrivacyRequest, text: str, by: Actor) -> None:
    """Ask for a proof once more; the clock stands still. Raises requesting.NotNow."""
    row = requesting.move(request, Move.ASK_PROOF, by, text=text[: requesting.LONGEST].strip())
    row.evidence.all().delete()
    row.ready_at = None
    row.save(update_fields=["ready_at"])
    telling.tell_person(row, Move.ASK_PROOF)


@transaction.atomic
def cancel(request: PrivacyRequest, by: Actor, text: str = "") -> None:
    """Call a request off: by the person at any time, by whoever made it for them. Raises requesting.NotNow."""
    own = PrivacyRequest.Channel.OWN
    is_person = requesting.who_is(request, by) is Who.PERSON
    if request.channel == own and not is_person:
        raise requesting.NotNow(Move.CANCEL)
    row = requesting.move(request, Move.CANCEL, by, text=text)
    if row.kind == Kind.ERASURE:
        telling.tell_deciders(row, Move.CANCEL)
    telling.tell_person(row, Move.CANCEL)
