"""What a customer's decisions say together: bands by day, places, reasons, and what a policy would have done.

Everything is counted from the newest decisions back, and no further than MOST of them: a page answers in seconds
however busy a customer is.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Customer
from accounts.retention import first_id
from rba.contract import Outcome
from rba.models import RiskDecision

MOST = 5000
DAYS = 28
TOP = 8


@dataclass
class Together:
    """Counts over the newest decisions of the last weeks."""

    looked_at: int = 0
    is_bounded: bool = False
    days: dict[date, Counter[str]] = field(default_factory=dict)  # the newest first; a day's decisions by band
    bands: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)  # level and how, the strongest of each decision


@dataclass
class Rehearsed:
    """What policies that only report would have done."""

    looked_at: int = 0
    is_bounded: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)  # of those that were not let in as they were
    people: int = 0  # who would have been asked or refused


def recent(customer: Customer, at: datetime | None = None) -> QuerySet[RiskDecision]:
    """The decisions of the last weeks, the newest first; wrong passwords are none."""
    since = first_id((at or timezone.now()) - timedelta(days=DAYS))
    return RiskDecision.objects.filter(customer=customer, pk__gte=since, failed=False).order_by("-pk")


def together(customer: Customer, at: datetime | None = None) -> Together:
    """Trends of bands, places and the reasons that weighed most."""
    found = Together()
    rows = recent(customer, at).values_list("at", "band", "score", "outcome", "country", "findings")[: MOST + 1]
    for seconds, band, score, outcome, country, findings in rows:
        if found.looked_at == MOST:
            found.is_bounded = True
            break
        found.looked_at += 1
        day = timezone.localdate(datetime.fromtimestamp(seconds, timezone.get_current_timezone()))
        found.days.setdefault(day, Counter())[band] += 1
        found.bands[band] += 1
        found.places[country] += 1
        if findings and score is not None and outcome != Outcome.ALLOW:
            found.reasons[(findings[0][1], findings[0][2])] += 1
    return found


def rehearsed(customer: Customer, site: UUID | None, at: datetime | None = None) -> Rehearsed:
    """What was noted while a policy only reported, at one site or at all of them."""
    found, people = Rehearsed(), set()
    rows = reported(customer, site, at).values_list("would", "rule", "user")[: MOST + 1]
    for would, rule, user in rows:
        if found.looked_at == MOST:
            found.is_bounded = True
            break
        found.looked_at += 1
        found.outcomes[would] += 1
        if would != Outcome.ALLOW:
            found.rules[rule] += 1
            people.add(user)
    found.people = len(people)
    return found


def reported(customer: Customer, site: UUID | None, at: datetime | None = None) -> QuerySet[RiskDecision]:
    """The decisions under policies that only reported."""
    rows = recent(customer, at).filter(report_only=True)
    return rows if site is None else rows.filter(site=site)
