"""The staff's pages about measures: one asks, another approves, and the yearly figures name nobody."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns, figures
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.figures import Figure
from accounts.admin.filters import CustomerFilter, WhenFilter
from accounts.console.access import fresh
from accounts.console.listing import bounded
from accounts.models import Customer, User
from accounts.verbs.people import find_user
from privacy import subjects
from privacy.models import Measure
from privacy.verbs import measuring, telling

TONES = {"asked": "warn", "approved": "good", "refused": "bad", "ended": "idle"}
PAST = gettext_lazy("It has moved on meanwhile: that is no longer possible.")
SAME = gettext_lazy("You asked for it. Another of the staff decides.")


def ahead(day: date) -> date:
    """A day from tomorrow on. Raises ValidationError."""
    if day <= timezone.localdate():
        raise forms.ValidationError(_("A day from tomorrow on."))
    return day


class ReviewForm(forms.Form):
    """The next day on which a measure is looked at."""

    review_on = forms.DateField(
        label=gettext_lazy("Looked at again on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_review_on(self) -> date:
        return ahead(self.cleaned_data["review_on"])


class MeasureForm(ReviewForm):
    """What is asked, why, by which document, of whom, and what of their data."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Measure.Kind)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=Measure.Reason)
    reference = forms.CharField(
        label=gettext_lazy("Reference of the document"), max_length=64, help_text=gettext_lazy("Not a name.")
    )
    customer = forms.IntegerField(label=gettext_lazy("Customer number"))
    username = forms.CharField(
        label=gettext_lazy("Username"), max_length=255, required=False, help_text=gettext_lazy("For a disclosure.")
    )
    recipient = forms.CharField(
        label=gettext_lazy("Recipient"), max_length=128, required=False, help_text=gettext_lazy("For a disclosure.")
    )
    scope = forms.MultipleChoiceField(
        label=gettext_lazy("Data that is handed over, and no other"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("In the words that the person reads on their own pages: “you” is the person."),
    )
    field_order = ("kind", "reason", "reference", "customer", "review_on")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        cast(forms.MultipleChoiceField, self.fields["scope"]).choices = subjects.by_category()

    def clean(self) -> dict[str, Any]:
        """Customer and person as rows; a disclosure needs all three of its fields."""
        given = super().clean() or self.cleaned_data
        customer = Customer.objects.filter(number=given.get("customer") or 0, closed_at=None).first()
        if customer is None:
            self.add_error("customer", _("There is no customer of this number."))
            return given
        given["customer"], given["user"] = customer, None
        if given.get("kind") == Measure.Kind.SUSPENSION:
            if customer.is_operator:
                self.add_error("customer", _("This customer runs the server, so it cannot be suspended."))
            return given
        given["user"] = find_user(customer, given.get("username", ""))
        if given["user"] is None:
            self.add_error("username", _("Nobody of this name is there."))
        for name in ("recipient", "scope"):
            if not given.get(name):
                self.add_error(name, _("A disclosure names it."))
        return given


@admin.register(Measure)
class MeasureAdmin(StaffAdmin):
    list_display = ("reference", "what", "shown", "of_customer", "review_on", "asked")
    list_select_related = ("customer", "user", "asked_by", "decided_by")
    list_filter = ("state", "kind", CustomerFilter, WhenFilter)
    search_fields = ("reference__exact",)
    search_help_text = gettext_lazy("The whole reference of a document.")
    fields = (
        *("reference", "what", "shown_reason", "of_customer", "of_user", "recipient", "data", "shown", "review_on"),
        *("first", columns.at("asked_at", gettext_lazy("asked"))),
        *("second", columns.at("decided_at", gettext_lazy("decided"))),
        columns.at("exported_at", gettext_lazy("handed over")),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_urls(self) -> list[Any]:
        """The acts and the figures stand before the pages of single measures."""
        wrap = self.admin_site.admin_view
        return [
            path("figures/", wrap(self.figures), name="privacy_measure_figures"),
            path("<uuid:object_id>/act/", wrap(self.act), name="privacy_measure_act"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a measure."""
        form = MeasureForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            made = measuring.ask(cast(User, request.user), actor(request), **_asked(form.cleaned_data))
            self.message_user(request, _("Asked for. Another of the staff decides."), messages.SUCCESS)
            return redirect(columns.address(made))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form}
        return TemplateResponse(
            request,
            "admin/privacy/measure/ask.html",
            {**context, "title": _("Ask for a measure"), "is_alone": len(telling.staff()) < 2},
        )

    def act(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Approve, refuse, hand over or end, after a fresh proof of who does."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = get_object_or_404(Measure, pk=object_id)
        view: Any = fresh(lambda _request: self._act(request, row))
        answer: HttpResponse = view(request)
        return answer

    def _act(self, request: HttpRequest, row: Measure) -> HttpResponse:
        what, by, staff = request.POST.get("act", ""), actor(request), cast(User, request.user)
        acts: dict[str, Callable[[], Any]] = {
            "approve": lambda: measuring.decide(row, staff, by, approve=True),
            "refuse": lambda: measuring.decide(row, staff, by, approve=False),
            "end": lambda: measuring.end(row, by),
        }
        if what == "keep":
            return self._keep(request, row)
        try:
            if what == "export":
                answer = HttpResponse(measuring.export(row, by), content_type="application/json")
                answer["Content-Disposition"] = f'attachment; filename="{row.public_id}.json"'
                return answer
            if what in acts:
                acts[what]()
                self.message_user(request, _("Done, and recorded."), messages.SUCCESS)
        except measuring.SamePerson:
            self.message_user(request, SAME, messages.ERROR)
        except measuring.NotNow:
            self.message_user(request, PAST, messages.ERROR)
        return redirect(columns.address(row))

    def _keep(self, request: HttpRequest, row: Measure) -> HttpResponse:
        """Keep it, until the day that was named."""
        form = ReviewForm(request.POST)
        try:
            if form.is_valid():
                measuring.keep(row, form.cleaned_data["review_on"], actor(request))
                self.message_user(request, _("It stays in force. You are reminded on that day."), messages.SUCCESS)
            else:
                self.message_user(request, _("Name the next day, from tomorrow on."), messages.ERROR)
        except measuring.NotNow:
            self.message_user(request, PAST, messages.ERROR)
        return redirect(columns.address(row))

    def figures(self, request: HttpRequest) -> HttpResponse:
        """How many measures there were, by year."""
        context = {**self.admin_site.each_context(request), "opts": self.opts, "lines": measuring.figures()}
        return TemplateResponse(
            request, "admin/privacy/measure/figures.html", {**context, "title": _("Measures by year")}
        )

    @admin.display(description=gettext_lazy("kind"))
    def what(self, row: Measure) -> Any:
        return row.get_kind_display()

    @admin.display(description=gettext_lazy("reason"))
    def shown_reason(self, row: Measure) -> Any:
        return row.get_reason_display()

    @admin.display(description=gettext_lazy("state"))
    def shown(self, row: Measure) -> Any:
        return columns.badge(TONES[row.state], row.get_state_display())

    @admin.display(description=gettext_lazy("data"))
    def data(self, row: Measure) -> Any:
        return ", ".join(subjects.datum(key) for key in row.scope) or columns.NOTHING

    @admin.display(description=gettext_lazy("asked by"))
    def first(self, row: Measure) -> Any:
        return columns.person(row.asked_by)

    @admin.display(description=gettext_lazy("decided by"))
    def second(self, row: Measure) -> Any:
        return columns.person(row.decided_by)

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, row: Measure) -> Any:
        return columns.moment(row.asked_at)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", "reason", "reference", "customer", "review_on", "user", "scope", "recipient")
    return {name: given[name] for name in names}


def due(now: datetime) -> list[Figure]:
    """Told only when a measure's day has come."""
    count = figures.number(measuring.to_review(timezone.localdate(now)))
    url = columns.list_of("privacy_measure", state__exact=Measure.State.APPROVED)
    trouble = _("Measures are to be looked at again.")
    return [Figure(_("Measures to look at again"), bounded(count), url, trouble=trouble)] if count else []


figures.register(70, due)
