"""The staff's pages about time: who is set aside, without names, and what goes when."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.admin.base import StaffAdmin
from accounts.admin.filters import CustomerFilter, WhenFilter
from privacy import forecast
from privacy.models import SetAside


def what_goes(request: HttpRequest, model_admin: StaffAdmin) -> HttpResponse:
    """Every rule of retention, with how much goes now and by later days."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("What goes when"),
        "lines": forecast.lines(timezone.now()),
        "days": forecast.DAYS,
    }
    return TemplateResponse(request, "admin/privacy/forecast.html", context)


@admin.register(SetAside)
class SetAsideAdmin(StaffAdmin):
    """Who stays away or asked for a pause: how many, of whom, until when; their names are kept apart from staff too."""

    list_display = ("told", "reason", "of_customer", "out_of_use", "ends")
    list_select_related = ("customer",)
    list_filter = ("why", CustomerFilter, WhenFilter)
    fields = (
        "reason",
        "of_customer",
        columns.at("warned_at", gettext_lazy("told")),
        columns.at("at", gettext_lazy("out of use since")),
        columns.at("until", gettext_lazy("until")),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("sealed")

    def get_urls(self) -> list[Any]:
        """The page of what goes when stands before the pages of single rows."""
        page = self.admin_site.admin_view(partial(what_goes, model_admin=self))
        return [path("forecast/", page, name="privacy_setaside_forecast"), *super().get_urls()]

    @admin.display(description=gettext_lazy("told"))
    def told(self, row: SetAside) -> Any:
        return columns.moment(row.warned_at or row.created_at)

    @admin.display(description=gettext_lazy("why"))
    def reason(self, row: SetAside) -> Any:
        return row.get_why_display()

    @admin.display(description=gettext_lazy("out of use since"))
    def out_of_use(self, row: SetAside) -> Any:
        return columns.moment(row.at)

    @admin.display(description=gettext_lazy("until"))
    def ends(self, row: SetAside) -> Any:
        return columns.moment(row.until)
