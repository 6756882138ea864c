"""The staff's pages about requests, which they enter from letters, and about erasures."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import around, columns
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, UserFilter, WhenFilter
from accounts.models import AuditRecord, Customer, ErasureRequest, User
from accounts.verbs.people import find_user
from privacy import news_admin, showing
from privacy.models import PrivacyRequest
from privacy.moves import Kind, State
from privacy.verbs import requesting


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


# No marketing is sent to end users that they could object to
LETTERS = [(kind.value, kind.label) for kind in Kind if kind is not Kind.OBJECTION]


class LetterForm(forms.Form):
    """A letter that asks about data: whose, what, when it came, where it is filed."""

    customer = forms.IntegerField(
        label=gettext_lazy("Customer number"), help_text=gettext_lazy("The operator's own, for a member or staff.")
    )
    username = forms.CharField(label=gettext_lazy("Username"), max_length=255)
    kind = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=LETTERS)
    received = forms.DateField(
        label=gettext_lazy("Arrived"), widget=forms.DateInput(attrs={"type": "date"}), initial=timezone.localdate
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=64, help_text=gettext_lazy("Not a name."))
    text = forms.CharField(label=gettext_lazy("What it says"), widget=forms.Textarea, required=False, max_length=2000)

    def clean_received(self) -> Any:
        """A day that has been."""
        day = self.cleaned_data["received"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("A letter has arrived already."))
        return day

    def clean(self) -> dict[str, Any]:
        """Whose data it is, as `user`."""
        given = super().clean() or self.cleaned_data
        customer = Customer.objects.filter(number=given.get("customer") or 0, closed_at=None).first()
        user = _person(customer, given.get("username", "")) if customer else None
        if user is None:
            self.add_error("username", _("Nobody of this name is there. Answer the letter by saying that."))
        given["user"] = user
        return given


def _person(customer: Customer, username: str) -> User | None:
    """The customer's end user of this name, or a member or staff of the operator's."""
    found = find_user(customer, username)
    if found is None and customer.is_operator:
        found = User.objects.living().filter(customer=customer, canonical_email=username.casefold().strip()).first()
    if found is not None:
        found.customer = customer
    return found


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(StaffAdmin):
    """The queue of all customers: the operator hands on and reminds; the customer decides, also for its own users."""

    list_display = ("asked", "what", "of_customer", "shown", "due", "passed")
    list_select_related = ("customer", "user")
    list_filter = ("state", "kind", CustomerFilter, UserFilter, WhenFilter)
    search_fields = ("public_id__exact",)
    search_help_text = gettext_lazy("The whole id of a request.")
    fields = (
        columns.line("public_id", gettext_lazy("id")),
        "what",
        "of_customer",
        "of_user",
        "shown",
        "channel",
        "reference",
        columns.at("received_at", gettext_lazy("asked")),
        "due",
        columns.at("passed_on_at", gettext_lazy("passed on")),
        columns.at("closed_at", gettext_lazy("ended")),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("proposed")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Enter a letter. It proves nothing: who asks is proven by the person, or vouched for by the customer."""
        form = LetterForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            asked = requesting.Asked(kind=given["kind"], text=given["text"], reference=given["reference"])
            at = timezone.make_aware(datetime.combine(given["received"], time.min))
            try:
                made = requesting.make(
                    given["user"], asked, actor(request), channel=PrivacyRequest.Channel.LETTER, at=at
                )
            except requesting.LastOwner:
                form.add_error(None, _("They are the only owner of an account. Another owner comes first."))
            else:
                self.message_user(request, _("Entered, and handed on to whoever decides."), messages.SUCCESS)
                return redirect(columns.address(made.request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("A request by letter"),
            "form": form,
        }
        return TemplateResponse(request, "admin/privacy/letter.html", context)

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, row: PrivacyRequest) -> Any:
        return columns.moment(row.received_at)

    @admin.display(description=gettext_lazy("request"))
    def what(self, row: PrivacyRequest) -> Any:
        return row.get_kind_display()

    @admin.display(description=gettext_lazy("state"))
    def shown(self, row: PrivacyRequest) -> Any:
        return columns.badge(showing.TONES[State(row.state)], row.get_state_display())

    @admin.display(description=gettext_lazy("due"))
    def due(self, row: PrivacyRequest) -> Any:
        if not row.is_open or row.due_at is None:
            return columns.NOTHING
        if row.paused_at is not None:
            return columns.badge("idle", _("stands still"))
        return columns.badge("bad", _("overdue")) if row.due_at < timezone.now() else columns.moment(row.due_at)

    @admin.display(description=gettext_lazy("passed on"))
    def passed(self, row: PrivacyRequest) -> Any:
        return columns.moment(row.passed_on_at) if row.passed_on_at else columns.badge("warn", _("nobody told yet"))


around.OF_CUSTOMER.append(("privacy_privacyrequest", gettext_lazy("Privacy requests")))
around.OF_USER.append(("privacy_privacyrequest", gettext_lazy("Privacy requests")))

__all__ = ("news_admin",)  # its page is registered by being imported
