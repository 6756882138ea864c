"""deliver(): takes one claimed message through rendering, a provider and into the state that tells how it went.

    queued → claimed → sending → sent, refused or unknown
    sending → queued, with a later `next_try_at`, when the provider said "try later" or was never reached
    queued or claimed → expired once it is too late; dead after five tries

`sending` is committed before the first byte leaves, and no database transaction is open while a provider is talked to.
So a row found in `sending` without a worker may have been sent: it becomes `unknown` and is never repeated by itself.
"""

import random
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation

from accounts import audit, disclosing, gateways
from accounts.gateways import outbox_file
from accounts.gateways.contract import Letter, Outcome, Result
from accounts.messages import rendering, turns
from accounts.messages.kinds import KINDS, Withdrawn
from accounts.messages.reasons import Reason
from accounts.models import Message

log = structlog.get_logger()
State = Message.State
UNDELIVERED = {State.REFUSED, State.UNKNOWN, State.DEAD}
TRIES = 5
CODE_WAIT, CODE_FACTOR = 3.0, 3  # seconds before the second try, and how it grows: 3, 9, 27, 81 fits into a code's life
OTHER_WAIT, OTHER_FACTOR = 60.0, 5  # 1, 5, 25, 125 minutes


def deliver(message_id: uuid.UUID | str) -> str | None:
    """Send one message and return its new state; None when it was not due, or somebody else holds it.

    Running it twice delivers once: the claim is one conditional change of the row.
    """
    message = turns.claim(message_id)
    return None if message is None else _send(message)


def take_turn(codes: bool) -> str | None:
    """Send the message whose turn it is (`turns.claim_next`) and return its new state; None when nothing is due."""
    message = turns.claim_next(codes)
    return None if message is None else _send(message)


def _send(message: Message) -> str | None:
    """Send a message that this process has claimed."""
    if message.customer.is_test:  # it is never queued; should it be all the same, it goes no further
        return _end(message, State.KEPT, "")
    if message.tries > TRIES:  # the claim of a worker that died, again and again
        return _end(message, State.DEAD, str(Reason.NOT_PREPARED))
    try:
        letter = compose(message)
    except Withdrawn:
        return _end(message, State.EXPIRED, str(Reason.WITHDRAWN))
    except Exception as error:  # whatever is wrong with this one, the queue must go on
        log.exception("a message could not be prepared", message=str(message.pk), kind=message.kind)
        result = Result(Outcome.TRY_LATER, Reason.NOT_PREPARED, type(error).__name__)
        return _try_later(message, result)
    with transaction.atomic():  # the ledger of recipients is written before the first byte leaves
        goes = turns.move(message, Q(state=State.CLAIMED, not_after__gt=Now()), state=State.SENDING)
        if goes:
            disclosing.record_message(message)
    if not goes:
        return _end(message, State.EXPIRED, str(Reason.TOO_LATE), Q(not_after__lte=Now()))
    return _finish(message, _hand_over(message, letter))


def compose(message: Message) -> Letter:
    """Render a message in its own language. Raises Withdrawn when there is nothing left to say."""
    with translation.override(message.language):
        rendered = KINDS[message.kind].render(message)
    return Letter(
        id=f"{message.pk.hex}@{urlsplit(settings.PUBLIC_URL).hostname}",
        channel=message.channel,
        to=message.to,
        sender=rendering.named(message.customer).name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        stop_url=rendered.stop_url,
        customer=str(message.customer.number),
        transaction=message.transaction,
    )


def _hand_over(message: Message, letter: Letter) -> Result:
    try:
        return gateways.send(letter)
    except Exception as error:  # a gateway's own fault, or its time ran out: nobody can say how far it got
        log.exception("a gateway failed", message=str(message.pk), channel=message.channel)
        return Result(Outcome.UNKNOWN, Reason.NO_ANSWER, type(error).__name__)


def _finish(message: Message, result: Result) -> str | None:
    message.provider = result.provider
    if Message.objects.filter(pk=message.pk, to=None).exists():  # to somebody who was erased while it was sent
        outbox_file.forget({message.to})
        if result.outcome is Outcome.TRY_LATER:
            return _end(message, State.EXPIRED, str(Reason.WITHDRAWN))
    if result.outcome is Outcome.TRY_LATER:
        return _try_later(message, result)
    states = {Outcome.ACCEPTED: State.SENT, Outcome.REFUSED: State.REFUSED, Outcome.UNKNOWN: State.UNKNOWN}
    return _end(message, states[result.outcome], result.words)


def _try_later(message: Message, result: Result) -> str | None:
    """Back into the queue, after a wait that grows and that is never the same for a whole herd; or an end."""
    if message.tries >= TRIES:
        return _end(message, State.DEAD, result.words)
    next_try = Now() + timedelta(seconds=max(_back_off(message), result.retry_after))
    values = {"state": State.QUEUED, "reason": result.words, "provider": message.provider, "next_try_at": next_try}
    if turns.move(message, Q(not_after__gt=next_try), **values):
        log.info("message waits", message=str(message.pk), tries=message.tries, reason=result.words)
        return State.QUEUED
    return _end(message, State.EXPIRED, result.words)


def _back_off(message: Message) -> float:
    first, factor = (CODE_WAIT, CODE_FACTOR) if message.is_code else (OTHER_WAIT, OTHER_FACTOR)
    return float(first * factor ** (message.tries - 1) * random.uniform(0.75, 1.25))  # noqa: S311  # protects nothing


def _end(message: Message, state: Message.State, words: str, *conditions: Q) -> str | None:
    """Write how a message ended. Its text is dropped, unless a person may still wish to send it again."""
    values = {"state": state, "reason": words, "provider": message.provider, "finished_at": Now()}
    if state not in {State.UNKNOWN, State.DEAD}:
        values["body"] = None
    with transaction.atomic():
        if not turns.move(message, *conditions, **values):
            log.warning("message was taken over by another worker", message=str(message.pk))
            return None
        if state in UNDELIVERED:
            facts, person = {"channel": message.channel, "kind": message.kind, "state": str(state)}, message.user_id
            audit.record("message.undelivered", audit.SYSTEM, message.customer, message, person=person, facts=facts)
    log.info("message done", message=str(message.pk), kind=message.kind, state=str(state), reason=words)
    return state
