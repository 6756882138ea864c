"""Hours of the week, by the clock on the wall of the site or of the person."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from rba.features.time import is_zone
from rba.rules.base import Action, Asked, Rule, Wrong

SITE, USER = "site", "user"
INSIDE, OUTSIDE = "inside", "outside"
DAYS = range(7)  # Monday is 0


class Hours(Rule):
    """A time of day on some days; it may run past midnight, and then belongs to the day on which it began.

    The wall's clock counts: when clocks change, the hours stay where people see them, and a night may be longer.
    """

    key = "hours"
    label = _("Hours")
    about = _(
        "Days and hours, by the clock of the site or of the person; inside or outside them. Clocks that change for "
        "summer are followed. A person's zone that is not known yet is asked for more proof."
    )

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.days = _days(said.get("days", ()))
        self.start, self.end = _clock("start", said.get("start")), _clock("end", said.get("end"))
        self.zone = str(said.get("zone", ""))
        if not is_zone(self.zone):
            raise Wrong("zone", _("Choose a time zone from the list, such as Europe/Oslo."))
        self.whose, self.when = said.get("whose", SITE), said.get("when", OUTSIDE)
        if self.whose not in (SITE, USER) or self.when not in (INSIDE, OUTSIDE):
            raise Wrong(
                self.key, _("Choose whose clock counts, and whether the rule is for inside or outside the hours.")
            )
        self.action = Action.from_json(self.key, said.get("action"))

    def speaks(self, asked: Asked) -> Action | None:
        local = self._local(asked)
        if local is None:
            return self.action.softened
        return self.action if self.covers(local) == (self.when == INSIDE) else None

    def _local(self, asked: Asked) -> datetime | None:
        """The time on the wall of the site or of the person; None where that cannot be told."""
        if self.whose == SITE:
            return asked.at.astimezone(ZoneInfo(self.zone))
        offset = asked.facts.offset
        return None if offset is None else asked.at.astimezone(timezone(timedelta(minutes=offset)))

    def covers(self, local: datetime) -> bool:
        """Whether a local time lies within the hours; the same start and end mean the whole day."""
        now, today = local.time().replace(tzinfo=None), local.date()
        if self.start < self.end:
            return today.weekday() in self.days and self.start <= now < self.end
        yesterday = today - timedelta(days=1)
        return (today.weekday() in self.days and now >= self.start) or (
            yesterday.weekday() in self.days and now < self.end
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "days": sorted(self.days),
            "start": self.start.strftime("%H:%M"),
            "end": self.end.strftime("%H:%M"),
            "zone": self.zone,
            "whose": self.whose,
            "when": self.when,
            "action": self.action.to_json(),
        }


def _days(said: Any) -> frozenset[int]:
    days = frozenset(said) if isinstance(said, list | tuple) else frozenset()
    if not days or not days <= {*DAYS}:
        raise Wrong("days", _("Choose at least one day of the week."))
    return days


def _clock(field: str, said: Any) -> time:
    try:
        return time.fromisoformat(str(said)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Wrong(field, _("Write a time of day, such as 07:30.")) from error
