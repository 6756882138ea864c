"""The staff's page about sites' halves of erasures: how each stands, never of whom."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.admin.base import StaffAdmin
from accounts.admin.filters import CustomerFilter, WhenFilter
from privacy import showing
from privacy.models import SiteJob


@admin.register(SiteJob)
class SiteJobAdmin(StaffAdmin):
    """Which sites were told, and what came of it. What a member wrote as evidence is the customer's."""

    list_display = ("ordered", "of_customer", "site", "standing", "tries", "trouble")
    list_select_related = ("customer", "site")
    list_filter = ("state", CustomerFilter, WhenFilter)
    fields = (
        columns.at("ordered_at", gettext_lazy("ordered")),
        "of_customer",
        "site",
        "standing",
        "tries",
        "trouble",
        columns.at("fetched_at", gettext_lazy("taken by the site")),
        columns.at("ended_at", gettext_lazy("ended")),
        "answer",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("names", "evidence")

    @admin.display(description=gettext_lazy("ordered"))
    def ordered(self, job: SiteJob) -> Any:
        return columns.moment(job.ordered_at)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, job: SiteJob) -> Any:
        state = SiteJob.State(job.state)
        return columns.badge(showing.JOB_TONES[state], capfirst(str(state.label)))
