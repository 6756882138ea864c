"""sweep(): ends what is too late, takes back what dead workers held, and hands out turns that got lost."""

from datetime import timedelta
from typing import Any

import structlog
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.messages import turns, verbs
from accounts.messages.reasons import Reason
from accounts.models import Message

log = structlog.get_logger()
State = Message.State
BATCH = 1000  # rows of each sort a sweep ends or takes back
TURNS = 100  # turns of each sort a sweep hands out; the next one comes five seconds later
UNTAKEN = timedelta(seconds=3)  # a message due this long has lost its turn, or waits behind many
# A worker is killed after 50 seconds (accounts/tasks.py), so whoever was sending for longer than this is dead.
SENDING_LASTS = timedelta(seconds=60)


def sweep() -> dict[str, int]:
    """Set the outbox right and return how many rows of each sort were touched. Two sweeps at once do no harm."""
    now = Now()
    late = _change(
        Q(state__in=[State.QUEUED, State.CLAIMED], not_after__lte=now) & ~_held(),
        state=State.EXPIRED,
        reason=Reason.TOO_LATE,
        body=None,
        finished_at=now,
    )
    abandoned = _change(Q(state=State.CLAIMED, claimed_at__lt=now - turns.CLAIM_LASTS), state=State.QUEUED)
    unknown = _change(
        Q(state=State.SENDING, claimed_at__lt=now - SENDING_LASTS),
        state=State.UNKNOWN,
        reason=Reason.LOST_WORKER,
        finished_at=now,
    )
    texts = _change(Q(body__isnull=False, not_after__lte=now, finished_at__isnull=False), body=None)
    handed_out = verbs.hand_out(_untaken(True), codes=True) + verbs.hand_out(_untaken(False), codes=False)
    done = {"late": late, "taken_back": abandoned, "unknown": unknown, "texts_dropped": texts, "turns": handed_out}
    if any(done.values()):
        log.info("outbox swept", **done)
    return done


def _held() -> Q:
    return Q(state=State.CLAIMED, claimed_at__gte=Now() - turns.CLAIM_LASTS)


def _change(which: Q, **values: Any) -> int:
    """Change up to BATCH rows. Judged again under each row's lock, so that no worker's change is undone."""
    some = Message.objects.filter(which).order_by().values("pk")[:BATCH]
    return Message.objects.filter(which, pk__in=some).update(**values)


def _untaken(codes: bool) -> int:
    rows: QuerySet[Message] = Message.objects.filter(
        state=State.QUEUED, is_code=codes, next_try_at__lte=Now() - UNTAKEN
    )
    return rows.order_by()[:TURNS].count()
