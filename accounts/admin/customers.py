"""Customers: found by name, number or a member's address; their limits set, suspended or not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names, sending_limits
from accounts.admin import around, columns
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import WhenFilter
from accounts.console.listing import figure
from accounts.models import Customer, Membership, User
from accounts.templatetags.ui import relative
from accounts.verbs import closing

MOST_SHOWN = 100  # members of a customer


DATES = (
    columns.at("created_at", gettext_lazy("made")),
    columns.at("confirmed_at", gettext_lazy("address confirmed")),
    columns.at("closing_at", gettext_lazy("closes")),
    columns.at("keys_stopped_at", gettext_lazy("keys stopped")),
    columns.at("closed_at", gettext_lazy("closed")),
)


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """The limits, and whether anything is sent and proven for this customer at all."""

    suspended_at = forms.BooleanField(
        label=gettext_lazy("suspended"),
        required=False,
        help_text=gettext_lazy("Nobody proves themselves at this customer’s sites until this is taken back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, default in (("email_day_limit", "customer_email_day"), ("sms_day_limit", "customer_sms_day")):
            allowed = figure(settings.SENDING_LIMITS[default])
            self.fields[name].help_text = _("Left empty, it is this server’s own: %(n)s.") % {"n": allowed}

    def clean_suspended_at(self) -> datetime | None:
        if not self.cleaned_data["suspended_at"]:
            return None
        if self.instance.is_operator:
            raise forms.ValidationError(_("This customer runs the server, so it cannot be suspended."))
        if self.instance.suspended_at is None:
            raise forms.ValidationError(_("Suspending takes two: ask for it among the measures."))
        return self.instance.suspended_at  # type: ignore[no-any-return]  # of the row


class CustomerStateFilter(admin.SimpleListFilter):
    """The few customers that are not as they should be."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("suspended", _("Suspended")),
            ("unconfirmed", _("Address not confirmed")),
            ("closing", _("Closing")),
            ("closed", _("Closed")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        chosen = {
            "suspended": Q(suspended_at__isnull=False, closed_at=None),
            "unconfirmed": Q(confirmed_at=None),
            "closing": Q(closing_at__isnull=False),
            "closed": Q(closed_at__isnull=False),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Customer)
class CustomerAdmin(StaffAdmin):
    editable = ("email_day_limit", "sms_day_limit", "suspended_at")
    form = CustomerForm
    list_display = ("name", "number", "state", "website", "made")
    list_filter = (CustomerStateFilter, WhenFilter)
    actions = ("keep_open",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("A name or part of it, a customer key, or a member’s e-mail address.")
    fieldsets = (
        (None, {"fields": ("name", "number", "state", "website", "language", *DATES)}),
        (gettext_lazy("Limits"), {"fields": ("email_day_limit", "sms_day_limit", "used", "suspended_at")}),
        (gettext_lazy("Team"), {"fields": ("members",)}),
        (
            gettext_lazy("The customer’s own choices"),
            {"fields": ("code_length", "code_seconds", "strict_addresses", "relays_notices", "sms_countries")},
        ),
        (gettext_lazy("What belongs to it"), {"fields": ("lists",)}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(name__icontains=term)
        if term.isascii() and term.isdigit() and len(term) <= 18:
            found |= Q(number=int(term))
        if "@" in term:
            found |= Q(pk__in=_customers_of(term))
        return queryset.filter(found), False

    @admin.display(description=gettext_lazy("state"))
    def state(self, customer: Customer) -> Any:
        if customer.closed_at:
            return columns.badge("idle", _("Being erased") if customer.closing_at else _("Closed"))
        if customer.is_test:
            return columns.badge("idle", _("Test mode"))
        if customer.closing_at:
            return columns.badge("warn", _("Closes %(when)s") % {"when": relative(customer.closing_at)})
        if customer.suspended_at:
            return columns.badge("bad", _("Suspended"))
        if customer.confirmed_at is None:
            return columns.badge("warn", _("Address not confirmed"))
        return columns.badge("good", _("Operator") if customer.is_operator else _("Active"))

    @admin.action(description=gettext_lazy("Keep open"))
    def keep_open(self, request: HttpRequest, rows: models.QuerySet[Customer]) -> None:
        for customer in rows:
            if closing.keep_customer(customer, actor(request)):
                self.message_user(request, _("%(customer)s stays open.") % {"customer": customer}, messages.SUCCESS)
            else:
                text = _("%(customer)s is not closing, or closed already.")
                self.message_user(request, text % {"customer": customer}, messages.WARNING)

    @admin.display(description=gettext_lazy("used now"))
    def used(self, customer: Customer) -> Any:
        return render_to_string("admin/parts/limits.html", {"lines": sending_limits.overview(customer)})

    @admin.display(description=gettext_lazy("members"))
    def members(self, customer: Customer) -> Any:
        rows = Membership.objects.filter(customer=customer).select_related("user").order_by("created_at")
        return columns.links(
            (columns.address(one.user), f"{columns.known_as(one.user)}, {one.get_role_display()}")
            for one in rows[:MOST_SHOWN]
        )

    @admin.display(description=gettext_lazy("lists"))
    def lists(self, customer: Customer) -> Any:
        return around.of_customer(customer)


def _customers_of(address: str) -> models.QuerySet[Membership, Any]:
    """The customers of members whose address begins so; addresses of members are names among the operator's users."""
    try:
        start = names.canonical(address)
    except names.UnusableName:
        return Membership.objects.none().values("customer_id")
    members = User.objects.living().filter(customer__is_operator=True, canonical_email__startswith=start)
    return Membership.objects.filter(user__in=members).values("customer_id")
