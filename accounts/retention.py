"""forget(): deletes what has been kept as long as the data map says, a bounded number of rows at a time."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import (
    AuditRecord,
    Customer,
    Disclosure,
    IdempotencyKey,
    Invitation,
    Link,
    Message,
    RateCount,
    Session,
    SignedCall,
    Ticket,
    WebhookDelivery,
)

log = structlog.get_logger()
BATCH = 1000
BATCHES = 50  # a run deletes at most 50,000 rows of each sort; the next one comes in an hour
SIGNED_CALLS = timedelta(minutes=15)
IDEMPOTENCY = timedelta(days=1)
WEBHOOKS = timedelta(days=30)
LINKS = INVITATIONS = timedelta(days=30)
ADDRESSES = timedelta(days=60)
MESSAGES = timedelta(days=90)
TICKETS = DISCLOSURES = timedelta(days=365)
AUDIT = timedelta(days=3 * 365 + 1)
CLOSED = timedelta(days=30)  # longer than its trail: how long erasing a customer may have taken at most


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    at = at or timezone.now()
    done = {rows.model.__name__: delete(rows) for rows in _too_old(at)}
    done["addresses"] = _unseal(AuditRecord.objects.filter(at__lt=at - ADDRESSES).exclude(address_sealed=""))
    log.info("old rows deleted", **{name: count for name, count in done.items() if count})
    return done


def _too_old(at: datetime) -> Iterator[QuerySet[Any]]:
    yield Session.objects.filter(expire_date__lt=at)
    yield RateCount.objects.filter(expires_at__lt=at)
    yield SignedCall.objects.filter(at__lt=at - SIGNED_CALLS)
    yield IdempotencyKey.objects.filter(created_at__lt=at - IDEMPOTENCY)
    yield WebhookDelivery.objects.filter(pk__lt=first_id(at - WEBHOOKS))
    yield Link.objects.filter(expires_at__lt=at - LINKS)
    ended = at - INVITATIONS
    yield Invitation.objects.filter(Q(accepted_at__lt=ended) | Q(withdrawn_at__lt=ended) | Q(expires_at__lt=ended))
    yield Message.objects.filter(pk__lt=first_id(at - MESSAGES))
    yield Disclosure.objects.filter(pk__lt=first_id(at - DISCLOSURES))
    yield Ticket.objects.filter(state=Ticket.State.CLOSED, changed_at__lt=at - TICKETS)
    yield AuditRecord.objects.filter(pk__lt=first_id(at - AUDIT))
    yield Customer.objects.filter(closing_at=None, closed_at__lt=at - AUDIT - CLOSED)


def first_id(moment: datetime) -> uuid.UUID:
    """The least UUIDv7 of a moment (RFC 9562 §5.7), so that the primary key's index finds what is older."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def delete(rows: QuerySet[Any]) -> int:
    """Delete rows in batches, at most BATCHES of them; how many went."""
    total = 0
    for _batch in range(BATCHES):
        _all, each = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[:BATCH]).delete()
        count = each.get(rows.model._meta.label, 0)
        total += count
        if count < BATCH:
            break
    return total


def _unseal(rows: QuerySet[AuditRecord]) -> int:
    total = 0
    for _batch in range(BATCHES):
        count = AuditRecord.objects.filter(pk__in=rows.order_by().values("pk")[:BATCH]).update(address_sealed="")
        total += count
        if count < BATCH:
            break
    return total
