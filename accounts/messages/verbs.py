"""queue(): writes a message into the outbox and, on commit, gives a worker a turn; send_again(): a second try."""

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts import audit, names
from accounts.audit import Actor
from accounts.ids import new_id
from accounts.messages.kinds import KINDS
from accounts.models import Customer, Link, Message, Site, User
from accounts.together import Insert, write

log = structlog.get_logger()
REST = 5.0  # seconds
_broker = {"rests_until": 0.0}


def queue(
    kind: str,
    *,
    customer: Customer,
    channel: str,
    to: str,
    language: str = "",
    user: User | None = None,
    site: Site | None = None,
    transaction_id: str = "",
    link: Link | None = None,
    context: dict[str, Any] | None = None,
    body: str | None = None,
    not_after: datetime | None = None,
) -> Message:
    """Write one message, inside the caller's transaction; it is sent once that commits.

    `context` holds words for the template, never a secret; a text that cannot be derived goes into `body`, which is
    encrypted and dropped when the message ends. If the broker is down the row waits, and beat finds it. For a test
    customer it is only kept.
    """
    rule = KINDS[kind]
    now = timezone.now()
    message = Message(
        id=new_id(),
        customer=customer,
        site=site,
        user=user,
        kind=kind,
        channel=channel,
        to=to,
        to_masked=names.mask(to),
        language=language or (user.language if user else "") or customer.language,
        transaction=transaction_id,
        link=link,
        context=context or {},
        body=body,
        is_code=rule.is_code,
        state=Message.State.KEPT if customer.is_test else Message.State.QUEUED,
        finished_at=now if customer.is_test else None,
        created_at=now,
        next_try_at=now,
        not_after=not_after or now + timedelta(seconds=rule.lasts),
    )
    write(Insert(message))
    if not customer.is_test:
        transaction.on_commit(partial(hand_over, message))
    return message


def hand_over(message: Message) -> None:
    """Give a worker one more turn, of the message's sort. Which message it takes is for the turns to say."""
    hand_out(1, codes=message.is_code)


def hand_out(number: int, *, codes: bool) -> int:
    """Put turns into the queue and return how many got there.

    A broker that is down costs nothing but the few seconds until beat looks; whoever finds it down keeps the next
    callers of this process from waiting for it as well.
    """
    from accounts import tasks

    task = tasks.send_code if codes else tasks.send_message
    for count in range(number):
        if time.monotonic() < _broker["rests_until"]:
            return count
        try:
            task.apply_async()
        except OperationalError:
            _broker["rests_until"] = time.monotonic() + REST
            log.warning("messages wait for beat", reason="the broker cannot be reached")
            return count
    return number


class NotAgain(Exception):
    """This message cannot be sent again; `str()` of it says why, for people."""


@transaction.atomic
def send_again(message: Message, by: Actor) -> None:
    """Send a message that has ended once more: the same code or link, under the same Message-ID. Raises NotAgain.

    A person's act: they accept that it may arrive twice.
    """
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.customer.is_test:
        raise NotAgain(_("In test mode nothing is sent."))
    if locked.to is None:
        raise NotAgain(_("Whom it was for has been erased."))
    if locked.finished_at is None:
        raise NotAgain(_("It is still on its way."))
    if locked.state == Message.State.EXPIRED or locked.not_after <= timezone.now():
        raise NotAgain(_("It is too late: what it says is no longer of use."))
    if locked.body is None and KINDS[locked.kind].has_body:
        raise NotAgain(_("Its text was erased when it had been sent."))
    facts = {"was": locked.state, "reason": locked.reason}
    # Without the time of the claim no worker that only slept can change the row any more
    Message.objects.filter(pk=locked.pk).update(
        state=Message.State.QUEUED, reason="", tries=0, next_try_at=Now(), claimed_at=None, finished_at=None
    )
    audit.record("message.sent_again", by, locked.customer, locked, person=locked.user_id, facts=facts)
    transaction.on_commit(partial(hand_over, locked))
