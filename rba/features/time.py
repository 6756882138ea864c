"""When an attempt is made: the hour of the week in the user's own zone, and the zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class Time(Feature):
    """The hour of the week, which arithmetic compares with the usual ones, and the zone that the browser names."""

    key = "time"
    label = _("Time")
    about_data = _(
        "At which hours of the week you sign in, and your time zone. Kept as counts by hour, and a keyed hash."
    )
    levels = (Level("zone", Copied(0.02, 0.7, 0.95, 0.97), novelty=0.02, beside=("country",), varied=60),)
    words = {
        ("zone", How.NEW): _("a time zone you have not used before"),
        ("zone", How.MISSING): _("the browser did not name a time zone"),
        ("hour", How.NEW): _("an hour at which you do not sign in otherwise"),
    }

    def read(self, context: Context) -> dict[str, str]:
        return {"zone": context.zone[:64]} if context.zone else {}


def offset_of(zone: str, at: float) -> int | None:
    """Minutes that a zone is ahead of UTC then; None for a zone that there is not."""
    if not is_zone(zone):
        return None
    ahead = ZoneInfo(zone).utcoffset(datetime.fromtimestamp(at, UTC))
    return None if ahead is None else int(ahead.total_seconds() // 60)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    return name in _zones()


@cache
def _zones() -> set[str]:
    return available_timezones()
