"""Which message is next: customers in turn, each with its newest first.

A task in the queue does not name a message; it is a turn. Whoever works off a turn takes the next customer that has
something waiting, in the order of customers' ids and round again, and of that customer the newest message that is due.
So a customer's code waits, in each worker process, for at most one message of every other customer, however many
thousands one of them has waiting. Where the round stands is remembered in the process alone: a process that dies merely
starts another round. SKIP LOCKED keeps two processes from waiting for each other.

Between claiming and sending nothing has left this server, so a claim of a dead worker is simply taken again. Every
later change of the row is fenced by the claim's time: a worker that was only asleep finds that the row is no longer its
own.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now

from accounts.models import Message

CLAIM_LASTS = timedelta(seconds=20)

_last_customer: dict[bool, uuid.UUID] = {}


def claim_next(codes: bool) -> Message | None:
    """Claim the message whose turn it is, among codes or among all else, or return None when nothing is due."""
    waiting = _claimable().filter(state=Message.State.QUEUED, is_code=codes, next_try_at__lte=Now())
    waiting = waiting.order_by("customer_id", "-next_try_at")
    last = _last_customer.setdefault(codes, uuid.uuid4())
    message = _claim(waiting.filter(customer_id__gt=last)) or _claim(waiting)
    if message is not None:
        _last_customer[codes] = message.customer_id
    return message


def claim(message_id: uuid.UUID | str) -> Message | None:
    """Claim one message if it is due and nobody holds it."""
    due = models.Q(state=Message.State.QUEUED, next_try_at__lte=Now())
    abandoned = models.Q(state=Message.State.CLAIMED, claimed_at__lt=Now() - CLAIM_LASTS)
    return _claim(_claimable().filter(due | abandoned, pk=message_id))


def move(message: Message, *conditions: models.Q, **values: Any) -> bool:
    """Change a row that this process has claimed; False when it is somebody else's by now or a condition fails."""
    rows = Message.objects.filter(*conditions, pk=message.pk, claimed_at=message.claimed_at)
    return rows.update(**values) == 1


def _claimable() -> models.QuerySet[Message]:
    rows = Message.objects.select_related("customer", "site", "user", "link").annotate(asked_at=Now())
    return rows.select_for_update(skip_locked=True, of=("self",))


def _claim(rows: models.QuerySet[Message]) -> Message | None:
    with transaction.atomic(durable=True):
        message = rows.first()
        if message is None:
            return None
        message.state = Message.State.CLAIMED
        message.tries += 1
        message.claimed_at = vars(message)["asked_at"]  # the database's time
        message.save(update_fields=["state", "tries", "claimed_at"])
    return message
