"""The staff's page about erasures: who asked for them, and whether they are done."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.admin.base import StaffAdmin
from accounts.admin.filters import CustomerFilter, WhenFilter
from accounts.models import AuditRecord, ErasureRequest


@admin.register(ErasureRequest)
class ErasureRequestAdmin(StaffAdmin):
    list_display = ("asked", "of_customer", "by", "state")
    list_select_related = ("customer",)
    list_filter = (CustomerFilter, WhenFilter)
    fields = (
        columns.at("asked_at", gettext_lazy("asked")),
        "of_customer",
        "by",
        "state",
        columns.at("done_at", gettext_lazy("done")),
    )

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, request: ErasureRequest) -> Any:
        return columns.moment(request.asked_at)

    @admin.display(description=gettext_lazy("by"))
    def by(self, request: ErasureRequest) -> Any:
        return dict(AuditRecord.Actor.choices).get(request.asked_by, request.asked_by)

    @admin.display(description=gettext_lazy("state"))
    def state(self, request: ErasureRequest) -> Any:
        return columns.badge("good", _("Done")) if request.done_at else columns.badge("info", _("Due"))
