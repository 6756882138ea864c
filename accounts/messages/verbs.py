"""queue(): write a message into the outbox and, on commit, hand its id to a worker."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts import names
from accounts.ids import new_id
from accounts.messages.kinds import KINDS
from accounts.models import Customer, Link, Message, Site, User

log = structlog.get_logger()


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

    `context` holds words for the template, never a secret; a text that cannot be derived goes into `body`, which is encrypted
    and dropped when the message ends. If the broker is down the row waits, and beat finds it.
    """
    rule = KINDS[kind]
    now = timezone.now()
    message = Message.objects.create(
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
        created_at=now,
        next_try_at=now,
        not_after=not_after or now + timedelta(seconds=rule.lasts),
    )
    transaction.on_commit(partial(hand_over, message))
    return message


def hand_over(message: Message) -> None:
    """Tell a worker that a message waits. A broker that is down costs nothing but the few seconds until beat looks."""
    from accounts import tasks

    task = tasks.send_code if message.is_code else tasks.send_message
    try:
        task.delay(str(message.pk))
    except OperationalError:
        log.warning("message waits for beat", message=str(message.pk), reason="the broker cannot be reached")
