"""/healthz and /readyz: whether this server is alive, and whether it can do its work. Neither names anybody."""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import valkey
from accounts.models import Message, WorkerHeartbeat

QUEUES = ("otp", "webhooks", "default")
BEAT_EVERY = 5.0  # seconds; a busy worker beats by its work, an idle one by beat's task
SILENT_AFTER = timedelta(seconds=60)
# How long a code may be due without any worker taking it. A provider that is down puts codes off and does not count
# here: sign-ins without messages must go on.
UNTAKEN_AFTER = timedelta(seconds=60)
# Expiry is judged by the database's clock alone (security.md R8), but signed calls and logs go by ours
SKEW_ALLOWED = 2.0  # seconds

log = structlog.get_logger()

_beaten: dict[str, float] = {}


def beat(queue: str) -> None:
    """Note that a worker has just done a task of this queue; at most one write in five seconds from each process."""
    now = time.monotonic()
    if now - _beaten.get(queue, -BEAT_EVERY) >= BEAT_EVERY:
        WorkerHeartbeat.objects.update_or_create(queue=queue, defaults={"at": Now()})
        _beaten[queue] = now


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of database or broker, so that their trouble does not restart it."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker, workers and the outbox, each with a word; 503 when one of them would keep a sign-in waiting."""
    parts = {"broker": _broker(), **_database()}
    fine = all(part["ok"] for part in parts.values())
    return JsonResponse({"status": "ready" if fine else "not ready", **parts}, status=200 if fine else 503)


def _part(ok: bool, words: str, **facts: Any) -> dict[str, Any]:
    return {"ok": ok, "words": words, **facts}


def _broker() -> dict[str, Any]:
    try:
        valkey.client().ping()
    except valkey.Unreachable:
        return _part(False, "The broker cannot be reached. Messages wait in the database.")
    return _part(True, "The broker answers.")


def _database() -> dict[str, Any]:
    """Three small reads; when the first one fails nothing is known of what the others would say."""
    try:
        now, ahead = clock()
        heartbeats = dict(WorkerHeartbeat.objects.filter(queue__in=QUEUES).values_list("queue", "at"))
        waiting = Message.objects.filter(state=Message.State.QUEUED, is_code=True, next_try_at__lte=now)
        oldest = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    except DatabaseError:
        return {"database": _part(False, "The database cannot be reached.")}
    workers = {f"worker_{queue}": _worker(queue, heartbeats.get(queue), now) for queue in QUEUES}
    told = {"clock": _clock(ahead), **workers, "oldest_code": _oldest(oldest, now)}
    return {"database": _part(True, "The database answers."), **told}


def clock() -> tuple[datetime, float]:
    """The database's time, and by how many seconds ours is ahead of it, or behind if negative.

    What the round trip may explain is no difference.
    """
    asked = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    theirs, answered = now.timestamp(), time.time()
    return now, max(asked - theirs, 0.0) + min(answered - theirs, 0.0)


def check_clock() -> None:
    """Log when this machine's clock and the database's have drifted apart."""
    _now, ahead = clock()
    if abs(ahead) > SKEW_ALLOWED:
        log.warning("this machine's clock differs from the database's", seconds=round(ahead, 1))


def _clock(ahead: float) -> dict[str, Any]:
    if abs(ahead) <= SKEW_ALLOWED:
        return _part(True, "The clocks of this server and of the database agree.", seconds=0)
    way = "ahead of" if ahead > 0 else "behind"
    words = f"This server's clock is {abs(ahead):.0f} seconds {way} the database's. Set both by NTP."
    return _part(False, words, seconds=round(abs(ahead)))


def _worker(queue: str, at: datetime | None, now: datetime) -> dict[str, Any]:
    if at is None:
        return _part(False, f"No worker has ever done a task of the queue {queue}.")
    age = now - at
    words = f"A worker of the queue {queue} was last heard {_seconds(age)} seconds ago."
    return _part(age <= SILENT_AFTER, words, seconds=_seconds(age))


def _oldest(due: datetime | None, now: datetime) -> dict[str, Any]:
    if due is None:
        return _part(True, "No code waits for a worker.", seconds=0)
    age = now - due
    return _part(
        age <= UNTAKEN_AFTER, f"The oldest code has waited {_seconds(age)} seconds for a worker.", seconds=_seconds(age)
    )


def _seconds(age: timedelta) -> int:
    return max(0, round(age.total_seconds()))
