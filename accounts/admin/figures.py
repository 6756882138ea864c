"""The start page's figures: few, each read through an index and no further than a thousand rows, each opening its list.

Apps that stand higher add theirs with `register`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import health
from accounts.admin import columns
from accounts.console.listing import MOST_COUNTED, bounded, figure, id_at, start_of
from accounts.health import QUEUES, SILENT_AFTER
from accounts.models import Customer, Message, Ticket, WorkerHeartbeat
from accounts.templatetags.ui import relative

LATE_CODE = timedelta(seconds=60)
State = Message.State


@dataclass(frozen=True)
class Figure:
    """One figure: what it counts, the list it opens, and the sentence to say when somebody has to look at it."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    trouble: str = ""


Reader = Callable[[datetime], list[Figure]]
READERS: list[tuple[int, Reader]] = []


def register(place: int, reader: Reader) -> None:
    """Add a reader of figures; lower places stand first. It is given the moment that the page is made for."""
    READERS.append((place, reader))


def read() -> dict[str, Any]:
    """All figures, what is wrong among them, and when they were read, as the start page's context."""
    now = timezone.now()
    found = [one for _place, reader in sorted(READERS, key=lambda entry: entry[0]) for one in reader(now)]
    return {
        "figures": found,
        "troubles": [one for one in found if one.trouble],
        "checked_at": timezone.localtime(now),
    }


def number(rows: models.QuerySet[Any]) -> int:
    """How many rows there are, counted to a thousand and one."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def today(now: datetime) -> Any:
    """The lowest id that a row of today can have."""
    return id_at(start_of(timezone.localdate(now)))


def _messages(now: datetime) -> list[Figure]:
    waiting = Message.objects.filter(state__in=[State.QUEUED, State.CLAIMED, State.SENDING])
    codes = Message.objects.filter(state=State.QUEUED, is_code=True, next_try_at__lte=now)
    due = codes.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    late = due is not None and now - due > LATE_CODE
    note = _("No code waits") if due is None else _("Oldest code due: %(when)s") % {"when": _ago(due)}
    week = Message.objects.filter(pk__gte=id_at(start_of(timezone.localdate(now) - timedelta(days=6))))
    unknown, dead = number(week.filter(state=State.UNKNOWN)), number(week.filter(state=State.DEAD))
    return [
        Figure(
            _("Messages on their way"),
            bounded(number(waiting)),
            columns.list_of("accounts_message", state="waiting"),
            note,
            _("Codes wait for a worker.") if late else "",
        ),
        Figure(
            _("Messages given up"),
            bounded(dead),
            columns.list_of("accounts_message", state=State.DEAD, when="week"),
            _("In seven days"),
            _("Messages were given up after five tries.") if dead else "",
        ),
        Figure(
            _("Messages of unknown fate"),
            bounded(unknown),
            columns.list_of("accounts_message", state=State.UNKNOWN, when="week"),
            _("In seven days; they may have arrived"),
        ),
    ]


def _tickets(now: datetime) -> list[Figure]:
    waiting = Ticket.objects.filter(state=Ticket.State.OPEN)
    oldest = waiting.order_by("changed_at").values_list("changed_at", flat=True).first()
    note = _("All are answered") if oldest is None else _("The oldest: %(when)s") % {"when": _ago(oldest)}
    return [
        Figure(
            _("Open tickets"),
            bounded(number(waiting)),
            columns.list_of("accounts_ticket", state=Ticket.State.OPEN),
            note,
            _("Somebody waits for an answer.") if oldest is not None else "",
        )
    ]


def _customers(now: datetime) -> list[Figure]:
    new = number(Customer.objects.filter(pk__gte=today(now), test_of=None))
    found = [Figure(_("New customers today"), bounded(new), columns.list_of("accounts_customer", when="today"))]
    closing = Customer.objects.exclude(closing_at=None)
    first = closing.order_by("closing_at").values_list("closing_at", flat=True).first()
    if first is not None:
        note = _("The first: %(when)s") % {"when": _ago(first)}
        url = columns.list_of("accounts_customer", state="closing")
        found.append(Figure(_("Customers closing"), bounded(number(closing)), url, note))
    return found


def _workers(now: datetime) -> list[Figure]:
    heard = dict(WorkerHeartbeat.objects.filter(queue__in=QUEUES).values_list("queue", "at"))
    return [_worker(queue, heard.get(queue), now) for queue in QUEUES]


def _worker(queue: str, at: datetime | None, now: datetime) -> Figure:
    silent = at is None or now - at > SILENT_AFTER
    return Figure(
        _("Worker of %(queue)s") % {"queue": queue},
        _("never") if at is None else _("%(n)s s") % {"n": figure(max(0, int((now - at).total_seconds())))},
        columns.list_of("accounts_workerheartbeat"),
        "" if at is None else _("since it was heard"),
        _("No worker of %(queue)s is at work.") % {"queue": queue} if silent else "",
    )


def _clock(now: datetime) -> list[Figure]:
    """Told only when it is wrong."""
    _theirs, ahead = health.clock()
    if abs(ahead) <= health.SKEW_ALLOWED:
        return []
    seconds = _("%(n)s s") % {"n": figure(round(abs(ahead)))}
    trouble = _("The clocks of web server and database have drifted apart. Set both by NTP.")
    note = _("ahead of the database’s") if ahead > 0 else _("behind the database’s")
    return [Figure(_("This server’s clock"), seconds, note=note, trouble=trouble)]


def _ago(at: datetime) -> str:
    return relative(timezone.localtime(at))


register(20, _messages)
register(30, _tickets)
register(40, _customers)
register(50, _workers)
register(60, _clock)
