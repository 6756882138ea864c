"""How long each sort of row is kept, as the data map says, and forget(): deletes what is older, in bounded batches."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model, Q, QuerySet
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


@dataclass(frozen=True)
class Rule:
    """One sort of row: which of them are over at a moment, `kept` after what `old` looks at."""

    model: type[Model]
    kept: timedelta
    old: Callable[[datetime], QuerySet[Any]]
    only: str = ""  # the field that is emptied, where the row itself stays

    @property
    def name(self) -> str:
        return f"{self.model.__name__}.{self.only}" if self.only else self.model.__name__

    def over(self, at: datetime) -> QuerySet[Any]:
        """The rows whose time is over at a moment."""
        return self.old(at - self.kept)


def by_id(model: type[Model], kept: timedelta) -> Rule:
    """A sort of row that is kept for a time from when it was made, which its primary key tells."""
    return Rule(model, kept, lambda before: model._default_manager.filter(pk__lt=first_id(before)))


def _ended(before: datetime) -> QuerySet[Any]:
    ended = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    return Invitation.objects.filter(ended)


RULES = (
    Rule(Session, timedelta(), lambda before: Session.objects.filter(expire_date__lt=before)),
    Rule(RateCount, timedelta(), lambda before: RateCount.objects.filter(expires_at__lt=before)),
    Rule(SignedCall, SIGNED_CALLS, lambda before: SignedCall.objects.filter(at__lt=before)),
    Rule(IdempotencyKey, IDEMPOTENCY, lambda before: IdempotencyKey.objects.filter(created_at__lt=before)),
    by_id(WebhookDelivery, WEBHOOKS),
    Rule(Link, LINKS, lambda before: Link.objects.filter(expires_at__lt=before)),
    Rule(Invitation, INVITATIONS, _ended),
    by_id(Message, MESSAGES),
    by_id(Disclosure, DISCLOSURES),
    Rule(Ticket, TICKETS, lambda before: Ticket.objects.filter(state=Ticket.State.CLOSED, changed_at__lt=before)),
    by_id(AuditRecord, AUDIT),
    Rule(
        AuditRecord,
        ADDRESSES,
        lambda before: AuditRecord.objects.filter(at__lt=before).exclude(address_sealed=""),
        only="address_sealed",
    ),
    Rule(Customer, AUDIT + CLOSED, lambda before: Customer.objects.filter(closing_at=None, closed_at__lt=before)),
)


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    return apply(RULES, at)


def apply(rules: Iterable[Rule], at: datetime | None = None) -> dict[str, int]:
    """Carry rules out as of `at` (now); how many rows of each sort went."""
    at = at or timezone.now()
    done = {rule.name: _empty(rule.over(at), rule.only) if rule.only else delete(rule.over(at)) for rule in rules}
    log.info("old rows deleted", **{name: count for name, count in done.items() if count})
    return done


def first_id(moment: datetime) -> uuid.UUID:
    """The least UUIDv7 of a moment (RFC 9562 §5.7), so that the primary key's index finds what is older."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def delete(rows: QuerySet[Any]) -> int:
    """Delete rows in batches, at most BATCHES of them; how many went. Rows that somebody holds wait."""
    label = rows.model._meta.label
    return _in_batches(rows, lambda batch: batch.delete()[1].get(label, 0))


def _empty(rows: QuerySet[Any], field: str) -> int:
    return _in_batches(rows, lambda batch: batch.update(**{field: ""}))


def _in_batches(rows: QuerySet[Any], act: Callable[[QuerySet[Any]], int]) -> int:
    total = 0
    for _batch in range(BATCHES):
        with transaction.atomic():
            held = rows.order_by().select_for_update(of=("self",), skip_locked=True)
            keys = list(held.values_list("pk", flat=True)[:BATCH])
            total += act(rows.model._default_manager.filter(pk__in=keys)) if keys else 0
        if len(keys) < BATCH:
            break
    return total
