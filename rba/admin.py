"""The staff's pages about risk: every decision with its parts; and how old the databases of places are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.admin import around, columns, figures
from accounts.admin.base import StaffAdmin
from accounts.admin.figures import Figure
from accounts.admin.filters import CustomerFilter, UserFilter, WhenFilter
from rba import explain, geo
from rba.console import decisions, words
from rba.models import RiskDecision
from rba.places import keeping

OLD_AFTER = timedelta(days=365)  # a fifth of all addresses has moved by then


def read(now: datetime) -> list[Figure]:
    """The day that each database in use was made."""
    return [_figure(now, "country", _("Countries of addresses")), _figure(now, "asn", _("Networks of addresses"))]


def _figure(now: datetime, kind: str, label: str) -> Figure:
    path = geo.path_of(kind)
    if path is None:
        return Figure(label, _("not looked up"))
    made = keeping.made_on(path)
    if made is None:
        return Figure(label, _("unknown"), trouble=_("A database of places cannot be read, so every place is unknown."))
    is_old = now - made > OLD_AFTER
    trouble = _("A database of places is older than a year: manage.py places takes a newer one.") if is_old else ""
    return Figure(label, _("as of %(day)s") % {"day": date_format(made, "j F Y")}, trouble=trouble)


figures.register(80, read)


_COUNTRY = gettext_lazy("country")
_DROPPED = gettext_lazy("sent, and dropped")


class BandFilter(admin.SimpleListFilter):
    """By how risky it looked."""

    title = gettext_lazy("risk")
    parameter_name = "band"
    choices_: Any = words.BANDS

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(key), label) for key, label in self.choices_.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.parameter_name: value})


class WouldFilter(BandFilter):
    """By what the policy wanted."""

    title = gettext_lazy("outcome")
    parameter_name = "would"
    choices_ = words.OUTCOMES


@admin.register(RiskDecision)
class RiskDecisionAdmin(StaffAdmin):
    """What the customer's own page says of a decision, under a masked name."""

    list_display = ("when", "risk", "wanted", "of_user", "of_customer")
    list_select_related = ("customer", "user")
    list_filter = (BandFilter, WouldFilter, CustomerFilter, UserFilter, WhenFilter)
    fieldsets = (
        (
            None,
            {"fields": ("of_customer", "of_site", "of_user", "place", columns.line("country", _COUNTRY), "made_on")},
        ),
        (gettext_lazy("What was decided"), {"fields": ("risk", "wanted", "by_rule", "by_policy", "told", "proved")}),
        (gettext_lazy("What it adds up from"), {"fields": ("parts_of",)}),
        (gettext_lazy("What would have changed it"), {"fields": ("instead",)}),
        (gettext_lazy("What was looked at"), {"fields": ("levels_of", columns.line("dropped", _DROPPED))}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).filter(failed=False).defer("attempt", "lessons", "expected")

    def name_of(self, obj: RiskDecision) -> str:
        return f"{columns.known_as(obj.user)}, {columns.exact(obj.made_at)}"

    @admin.display(description=pgettext_lazy("column", "when"))
    def when(self, row: RiskDecision) -> Any:
        return columns.moment(row.made_at)

    @admin.display(description=gettext_lazy("made"))
    def made_on(self, row: RiskDecision) -> Any:
        return columns.exact(row.made_at)

    @admin.display(description=gettext_lazy("risk"))
    def risk(self, row: RiskDecision) -> Any:
        shown = decisions.described(row)["band"]
        score = "" if row.score is None else floatformat(row.score, 1)
        return columns.over(columns.badge(shown["tone"], shown["text"]), score)

    @admin.display(description=gettext_lazy("outcome"))
    def wanted(self, row: RiskDecision) -> Any:
        shown = decisions.described(row)["outcome"]
        note = _("only reported") if row.report_only else words.MINIMA.get(row.minimum, "")
        return columns.over(columns.badge(shown["tone"], shown["text"]), note)

    @admin.display(description=gettext_lazy("where"))
    def place(self, row: RiskDecision) -> Any:
        return row.get_where_display() or columns.NOTHING

    @admin.display(description=gettext_lazy("decided by"))
    def by_rule(self, row: RiskDecision) -> Any:
        return (
            ", ".join(str(words.rule(key)) for key in dict.fromkeys([row.rule, *row.rules]) if key) or columns.NOTHING
        )

    @admin.display(description=gettext_lazy("policy"))
    def by_policy(self, row: RiskDecision) -> Any:
        return _("version %(n)d") % {"n": row.version} if row.version else _("the default")

    @admin.display(description=gettext_lazy("the person is told"))
    def told(self, row: RiskDecision) -> Any:
        return explain.sentence(row) or columns.NOTHING

    @admin.display(description=gettext_lazy("proved"))
    def proved(self, row: RiskDecision) -> Any:
        return columns.exact(row.taught_at)

    @admin.display(description=gettext_lazy("parts, in decibans"))
    def parts_of(self, row: RiskDecision) -> Any:
        parts = decisions.explained(row)["parts"]
        return _pairs([(_("Base"), row.base), *parts, (_("Total"), row.total)])

    @admin.display(description=gettext_lazy("score, had one thing been usual"))
    def instead(self, row: RiskDecision) -> Any:
        return _pairs((label, score) for label, score, _band in decisions.explained(row)["instead"])

    @admin.display(description=gettext_lazy("levels, for this person"))
    def levels_of(self, row: RiskDecision) -> Any:
        found = decisions.explained(row)["levels"]
        return _texts((one["level"], f"{one['how']} {_points(one['points'])}") for one in found)


def _pairs(found: Iterable[tuple[Any, float]]) -> Any:
    return _texts((label, floatformat(figure, 1)) for label, figure in found)


def _points(figure: float | None) -> str:
    return "" if figure is None else f"({floatformat(figure, 1)})"


def _texts(found: Iterable[tuple[Any, str]]) -> Any:
    pairs = list(found)
    return render_to_string("admin/parts/pairs.html", {"pairs": pairs}) if pairs else columns.NOTHING


around.OF_CUSTOMER.append(("rba_riskdecision", gettext_lazy("Decisions about risk")))
around.OF_USER.append(("rba_riskdecision", gettext_lazy("Decisions about risk")))
