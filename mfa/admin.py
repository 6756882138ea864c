"""The staff's pages about transactions and authenticators; no secret, no code and no whole address is shown."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext

from accounts import names
from accounts.admin import around, columns, confirming, figures
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.figures import Figure
from accounts.admin.filters import CustomerFilter, UserFilter, WhenFilter
from accounts.console.listing import bounded
from mfa import verbs
from mfa.contract import METHODS
from mfa.models import Authenticator, Transaction

State = Transaction.State
TONES = {
    State.PENDING: "info",
    State.APPROVED: "good",
    State.DENIED: "bad",
    State.EXPIRED: "idle",
    State.FAILED: "bad",
}
FAILED = (State.DENIED, State.FAILED)


def method_of(key: str) -> Any:
    """A method's name for people."""
    return METHODS[key].label if key in METHODS else key


ID = columns.line("public_id", gettext_lazy("id"))
DIALECT = columns.line("dialect_name", gettext_lazy("method, as the site calls it"))
COUNTRY = columns.line("country", gettext_lazy("country"))
DATES = (
    columns.at("created_at", gettext_lazy("began")),
    columns.at("expires_at", gettext_lazy("open until")),
    columns.at("closed_at", gettext_lazy("ended")),
)


class MethodFilter(admin.SimpleListFilter):
    """By method, of those that there are; a list of those that are used would read the whole table."""

    title = gettext_lazy("method")
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, method.label) for key, method in METHODS.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(method=self.value())


@admin.register(Transaction)
class TransactionAdmin(StaffAdmin):
    list_display = ("began", "method_and_purpose", "shown", "of_customer", "of_user")
    list_select_related = ("customer", "user")
    list_filter = ("state", "purpose", MethodFilter, CustomerFilter, UserFilter, WhenFilter)
    search_fields = ("public_id__exact",)
    search_help_text = gettext_lazy("The whole id of a transaction.")
    fieldsets = (
        (
            None,
            {"fields": (ID, "of_customer", "of_site", "of_user", "method_name", DIALECT, "purpose")},
        ),
        (gettext_lazy("How it went"), {"fields": ("shown", "tries", "sent_to", "sent")}),
        (gettext_lazy("When and where"), {"fields": (*DATES, COUNTRY)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("nonce", "asked")

    @admin.display(description=gettext_lazy("began"))
    def began(self, txn: Transaction) -> Any:
        return columns.moment(txn.created_at)

    @admin.display(description=gettext_lazy("method"))
    def method_and_purpose(self, txn: Transaction) -> Any:
        return columns.over(method_of(txn.method), txn.get_purpose_display())

    @admin.display(description=gettext_lazy("method"))
    def method_name(self, txn: Transaction) -> Any:
        return method_of(txn.method)

    @admin.display(description=gettext_lazy("state"))
    def shown(self, txn: Transaction) -> Any:
        state = State(txn.shown_state)
        return columns.badge(TONES[state], state.label.capitalize())

    @admin.display(description=gettext_lazy("messages"))
    def sent(self, txn: Transaction) -> Any:
        where = columns.list_of("accounts_message", customer=txn.customer_id, q=txn.public_id)
        return columns.links([(where, _("Messages of this transaction"))])


@admin.register(Authenticator)
class AuthenticatorAdmin(StaffAdmin):
    list_display = ("method_name", "of_user", "of_customer", "state", "made", "used")
    list_select_related = ("customer", "user")
    list_filter = (MethodFilter, CustomerFilter, UserFilter)
    search_fields = ("public_id__exact",)
    search_help_text = gettext_lazy("The whole id of an authenticator.")
    fields = (
        "method_name",
        ID,
        "of_user",
        "of_customer",
        "masked",
        "state",
        columns.line("failures", gettext_lazy("wrong answers in a row")),
        columns.at("wait_until", gettext_lazy("waits until")),
        columns.at("created_at", gettext_lazy("made")),
        columns.at("last_used_at", gettext_lazy("last used")),
        columns.at("expires_at", gettext_lazy("works until")),
        columns.line("uses_left", gettext_lazy("uses left")),
    )
    actions = ("reset",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("secret", "pending_secret", "data", "reason")

    def name_of(self, obj: Authenticator) -> str:
        return f"{method_of(obj.method)}, {columns.known_as(obj.user)}"

    @admin.display(description=gettext_lazy("method"))
    def method_name(self, authenticator: Authenticator) -> Any:
        return method_of(authenticator.method)

    @admin.display(description=gettext_lazy("address"))
    def masked(self, authenticator: Authenticator) -> str:
        return names.mask(authenticator.address) if authenticator.address else columns.NOTHING

    @admin.display(description=gettext_lazy("state"))
    def state(self, authenticator: Authenticator) -> Any:
        if authenticator.off_at:
            return columns.badge("bad", _("Switched off"))
        if authenticator.suspended_at:
            return columns.badge("warn", pgettext("a method", "Suspended"))
        if not authenticator.confirmed:
            return columns.badge("idle", _("Not confirmed"))
        return columns.badge("good", _("Active"))

    @admin.display(description=gettext_lazy("last used"))
    def used(self, authenticator: Authenticator) -> Any:
        return columns.moment(authenticator.last_used_at)

    @admin.action(description=gettext_lazy("Reset"))
    @confirming.proven
    def reset(self, request: HttpRequest, rows: models.QuerySet[Authenticator]) -> HttpResponse | None:
        chosen = list(rows.select_related("user__customer"))
        form = confirming.ReasonForm(request.POST if confirming.is_confirmed(request) else None)
        if not form.is_valid():
            return confirming.ask(
                self,
                request,
                chosen,
                title=_("Reset these authenticators?"),
                text=_(
                    "Each is gone at once, its owner is told by mail with your reason, and sets up a new one at the "
                    "next sign-in. Make sure that it is they who ask: call them back on a number you know."
                ),
                confirm=ngettext("Reset it", "Reset them", len(chosen)),
                keep=npgettext("authenticators", "Keep it", "Keep them", len(chosen)),
                form=form,
            )
        for authenticator in chosen:
            verbs.reset(authenticator, actor(request), form.cleaned_data["reason"])
        self.message_user(request, _("Reset; the owner is told."), messages.SUCCESS)
        return None


def sign_ins(now: datetime) -> list[Figure]:
    """Today's sign-ins by how they went."""
    mine = Transaction.objects.filter(pk__gte=figures.today(now), purpose=Transaction.Purpose.SIGN_IN)
    approved, failed = mine.filter(state=State.APPROVED), mine.filter(state__in=FAILED)
    shown = {"purpose__exact": Transaction.Purpose.SIGN_IN, "when": "today"}
    return [
        Figure(
            _("Sign-ins today"),
            bounded(figures.number(approved)),
            columns.list_of("mfa_transaction", state__exact=State.APPROVED, **shown),
            _("approved"),
        ),
        Figure(
            _("Failed today"),
            bounded(figures.number(failed)),
            columns.list_of("mfa_transaction", state__exact=State.FAILED, **shown),
            _("failed or denied"),
        ),
    ]


figures.register(10, sign_ins)
around.OF_CUSTOMER.append(("mfa_transaction", gettext_lazy("Transactions")))
around.OF_USER += [
    ("mfa_transaction", gettext_lazy("Transactions")),
    ("mfa_authenticator", gettext_lazy("Authenticators")),
]
