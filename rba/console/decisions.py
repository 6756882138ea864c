"""Decisions about risk: the list with its filters, one of them with all its parts, and what they say together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import names
from accounts.console import listing
from accounts.console.access import dashboard
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right
from accounts.verbs.people import end_users
from rba import explain, summing
from rba.console import words
from rba.console.policies import scope_of
from rba.contract import How, Outcome, Scored
from rba.models import RiskDecision, RiskPolicy
from rba.policy import DEFAULT, RiskRules
from rba.rules import Asked, Facts
from rba.rules.base import Band

_PLACES = {level: place for place, level in enumerate(explain.LEVELS)}
MOST_FOUND = 20  # users that a search for the beginning of a name stands for
LATEST = 20


class DecisionFilters(listing.Filters):
    """Decisions by user, band, what was wanted, and day."""

    q = listing.Search(gettext_lazy("Username or its beginning"))
    band = listing.Choice(gettext_lazy("Risk"), gettext_lazy("All of them"), list(words.BANDS.items()))
    would = listing.Choice(gettext_lazy("Outcome"), gettext_lazy("All outcomes"), list(words.OUTCOMES.items()))
    first = listing.Day(gettext_lazy("From"))
    last = listing.Day(gettext_lazy("To"))

    def of(self, customer: Customer) -> Any:
        """The customer's decisions that are left."""
        rows = RiskDecision.objects.filter(customer=customer, failed=False)
        text = self.chosen("q")
        if text is not None:
            rows = rows.filter(user__in=_users(customer, text))
        for name in ("band", "would"):
            if self.chosen(name) is not None:
                rows = rows.filter(**{name: self.chosen(name)})
        return listing.within(rows, self.chosen("first"), self.chosen("last"))


def _users(customer: Customer, text: str) -> list[Any]:
    try:
        name = names.canonical(text)
    except names.UnusableName:
        return []
    found = end_users(customer).filter(canonical_username__startswith=name).order_by("canonical_username")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def described(row: RiskDecision) -> dict[str, Any]:
    """A decision as lists show it."""
    would = row.would or row.outcome
    return {
        "row": row,
        "band": {"tone": words.TONES.get(Band(row.band), "idle") if row.band else "idle", "text": words.band(row.band)},
        "outcome": {"tone": words.OUTCOME_TONES[Outcome(would)], "text": words.OUTCOMES[would]},
        "rule": words.rule(row.rule),
        "reason": explain.sentence(row),
        "at": row.made_at,
    }


@dashboard(Right.SEE_PEOPLE)
def decisions(request: KumquatRequest) -> HttpResponse:
    """The customer's decisions, newest first."""
    filters = DecisionFilters(request)
    mine = filters.of(request.customer)
    page = listing.page(request, mine.select_related("user", "site").defer("attempt", "lessons", "expected"))
    context = {
        "page": page,
        "rows": [described(row) for row in page.rows],
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s decision", "%(n)s decisions", "count")),
    }
    return render(request, "rba/console/decisions.html", context)


@dashboard(Right.SEE_PEOPLE)
def decision(request: KumquatRequest, decision_id: UUID) -> HttpResponse:
    """One decision: its parts, which add up; the levels that were looked at; and what would have changed it."""
    mine = RiskDecision.objects.filter(customer=request.customer, failed=False).select_related("user", "site")
    row = get_object_or_404(mine, pk=decision_id)
    return render(request, "rba/console/decision.html", {**described(row), **explained(row)})


def explained(row: RiskDecision) -> dict[str, Any]:
    """All that a page says of one decision, for members and staff alike."""
    bands = _bands_of(row)
    parts = sorted(row.parts.items(), key=lambda one: -one[1])
    return {
        "parts": [(words.part(name), figure) for name, figure in parts],
        "levels": _levels(row),
        "instead": [
            (words.part(one.feature), one.score, words.band(bands.band(_asked(one.score)))) for one in _instead(row)
        ],
        "rules": [words.rule(key) for key in row.rules],
        "minimum": words.MINIMA.get(row.minimum, ""),
    }


def _instead(row: RiskDecision) -> list[explain.Instead]:
    return explain.instead(row.parts, row.total) if row.score is not None else []


def _levels(row: RiskDecision) -> list[dict[str, Any]]:
    points = {level: figure for _feature, level, _how, figure in row.findings}
    features = {level: feature for feature, level, _how, _figure in row.findings}
    found = {level: How(how) for level, how in row.levels.items()}
    found |= {level: How(how) for _feature, level, how, _figure in row.findings if level not in found}
    return [
        {
            "feature": words.part(features.get(level, explain.feature_of(level))),
            "level": explain.LEVELS.get(level, level),
            "how": words.HOWS[how],
            "tone": "good" if how is How.USUAL else "idle" if how is How.MISSING else "warn",
            "points": points.get(level),
        }
        for level, how in sorted(found.items(), key=lambda one: _PLACES.get(one[0], len(_PLACES)))
    ]


def _asked(score: float) -> Asked:
    return Asked(Scored(score, 0, 0, {}), Facts(), timezone.now())


def _bands_of(row: RiskDecision) -> Any:
    """The bands of the policy by which it was decided: the site's, the customer's, or the default's."""
    versions = RiskPolicy.objects.filter(customer=row.customer_id, version=row.version).exclude(version=0)
    by_site = {one.site_id: one.document for one in versions.filter(site=None) | versions.filter(site=row.site_id)}
    return RiskRules.of(by_site.get(row.site_id) or by_site.get(None) or DEFAULT).bands


@dashboard(Right.SEE_PEOPLE)
def overview(request: KumquatRequest) -> HttpResponse:
    """Trends of bands, places and the reasons that weighed most, over the last weeks."""
    found = summing.together(request.customer)
    context = {
        "found": found,
        "bands": [(key, label, listing.figure(found.bands[key])) for key, label in words.BANDS.items()],
        "bars": _bars(found.days),
        "first": min(found.days, default=None),
        "last": max(found.days, default=None),
        "width": 10 * ((max(found.days) - min(found.days)).days + 1) if found.days else 0,
        "days": [
            {
                "day": day,
                "counts": [
                    (label, listing.figure(counts[band]) if counts[band] else "–")
                    for band, label in words.BANDS.items()
                ],
                "all": listing.figure(sum(counts.values())),
            }
            for day, counts in found.days.items()
        ],
        "places": _shares((code or _("not known"), number) for code, number in found.places.most_common(summing.TOP)),
        "reasons": _shares((words.reason(*key), number) for key, number in found.reasons.most_common(summing.TOP)),
        "weeks": summing.DAYS // 7,
    }
    return render(request, "rba/console/overview.html", context)


def _bars(days: Mapping[date, Counter[str]]) -> list[dict[str, str]]:
    """A column of rectangles for each day from the first that counts, ten wide and a hundred high for the busiest."""
    first, last = min(days, default=None), max(days, default=None)
    if first is None or last is None:
        return []
    most = max(sum(counts.values()) for counts in days.values())
    found = []
    for place in range((last - first).days + 1):
        counts, top = days.get(first + timedelta(days=place), Counter()), 100.0
        for band in words.BANDS:
            height = 100.0 * counts[band] / most
            top -= height
            if height:
                found.append({"band": band, "x": f"{10 * place + 1.5}", "y": f"{top:.2f}", "height": f"{height:.2f}"})
    return found


def _shares(counted: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    """What was counted, each with its share of the largest."""
    pairs = list(counted)
    most = max((number for _label, number in pairs), default=1)
    return [{"label": label, "number": listing.figure(number), "of": number, "most": most} for label, number in pairs]


@dashboard(Right.SEE_PEOPLE)
def rehearsal(request: KumquatRequest) -> HttpResponse:
    """What policies would have done that only report, at one site or at all."""
    scope = scope_of(request)
    site = scope.site.pk if scope.site is not None else None
    found = summing.rehearsed(request.customer, site)
    stopped = summing.reported(request.customer, site).exclude(would=Outcome.ALLOW)
    latest = stopped.select_related("user", "site").defer("attempt", "lessons", "expected")[:LATEST]
    context = {
        "scope": scope,
        "title": words.title(scope.site),
        "found": found,
        "tiles": [
            {"label": label, "value": listing.figure(found.outcomes[key])} for key, label in words.OUTCOMES.items()
        ],
        "rules": [(words.rule(key), number) for key, number in found.rules.most_common()],
        "rows": [described(row) for row in latest],
        "weeks": summing.DAYS // 7,
    }
    return render(request, "rba/console/rehearsal.html", context)
