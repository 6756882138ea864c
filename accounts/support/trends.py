"""What tickets tell together: counts by month and category from five up, and how long answers took. Names nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Ticket

FEWEST = 5  # below it a count might be about somebody
MONTHS = 12


@dataclass(frozen=True)
class Trend:
    """One category: its counts by month, None where they are too few to tell, and the mean hours to an answer."""

    topic: Any
    counts: list[int | None]
    hours: int | None


def trends(at: datetime | None = None) -> tuple[list[datetime], list[Trend]]:
    """The months, oldest first, and a line for each category. No sums: they would tell what is hidden."""
    now = timezone.localtime(at)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = [first]
    while len(months) < MONTHS:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    since = Ticket.objects.filter(created_at__gte=months[0], created_at__lte=now)
    counted = since.annotate(month=TruncMonth("created_at")).order_by().values_list("topic", "month")
    found = {(topic, month.date()): n for topic, month, n in counted.annotate(n=Count("pk")) if n >= FEWEST}
    answered = since.exclude(answered_at=None).order_by().values_list("topic")
    took = answered.annotate(n=Count("pk"), mean=Avg(F("answered_at") - F("created_at")))
    hours = {topic: round(mean.total_seconds() / 3600) for topic, n, mean in took if n >= FEWEST}
    lines = [
        Trend(topic.label, [found.get((topic, month.date())) for month in months], hours.get(topic))
        for topic in Ticket.Topic
    ]
    return months, lines
