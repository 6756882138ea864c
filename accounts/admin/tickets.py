"""Support tickets: what was written, and the field to answer in."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, WhenFilter
from accounts.models import Ticket, User
from accounts.support import trends, verbs

TONES = {Ticket.State.OPEN: "info", Ticket.State.ANSWERED: "good", Ticket.State.CLOSED: "idle"}
SORT = "_sort"  # the button that saves the category alone
CLOSE = "_put_away"  # the button beside "Send the answer"


IDS = (columns.at("created_at", gettext_lazy("asked")), columns.line("public_id", gettext_lazy("id")))


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """An answer. Closing a ticket needs none."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=verbs.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text=gettext_lazy("It goes to whoever asked by e-mail too, and stands on their support page."),
    )

    topic = forms.ChoiceField(label=gettext_lazy("Category"), choices=Ticket.Topic, required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=Ticket.Channel,
        required=False,
        help_text=gettext_lazy("A screen is shared only after the customer has agreed to it on its support page."),
    )
    restrict = forms.BooleanField(
        label=gettext_lazy("Investigation"),
        required=False,
        help_text=gettext_lazy("From then on only you see this ticket, and whom you name below."),
    )
    viewer = forms.ModelChoiceField(
        label=gettext_lazy("Seen also by"), queryset=User.objects.filter(is_staff=True, erased_at=None), required=False
    )

    def clean_topic(self) -> str:
        return str(self.cleaned_data["topic"] or self.instance.topic)

    def clean_channel(self) -> str:
        channel: str = self.cleaned_data["channel"] or self.instance.channel
        if channel == Ticket.Channel.SCREEN and self.instance.screen_agreed_at is None:
            raise forms.ValidationError(_("The customer has not agreed to share a screen."))
        return channel

    def clean_answer(self) -> str:
        text: str = self.cleaned_data["answer"].strip()
        if not text and not {CLOSE, SORT} & set(self.data):
            raise forms.ValidationError(_("Write a few words first."))
        return text


class StateFilter(admin.SimpleListFilter):
    """Tickets by state."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(str(state), state.label.capitalize()) for state in Ticket.State]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(state=self.value())


@admin.register(Ticket)
class TicketAdmin(StaffAdmin):
    editable: ClassVar[tuple[str, ...]] = ("answer", "topic", "channel", "restrict", "viewer")
    form = AnswerForm
    list_display = ("subject", "shown_state", "of_customer", "topic", "changed", "took")
    list_select_related = ("customer",)
    list_filter = (StateFilter, "topic", CustomerFilter, WhenFilter)
    search_fields = ("public_id__exact", "subject__icontains")
    search_help_text = gettext_lazy("The id of a ticket, or a word of its subject.")
    fieldsets = (
        (None, {"fields": ("subject", "shown_state", "of_customer", "asker", "category", *IDS)}),
        (gettext_lazy("What was written"), {"fields": ("written",)}),
        (gettext_lazy("Your answer"), {"fields": ("answer",)}),
        (gettext_lazy("Sort it"), {"fields": ("topic", "channel", "agreed", "restrict", "viewer")}),
    )

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, ticket: Ticket) -> Any:
        return columns.badge(TONES[Ticket.State(ticket.state)], ticket.get_state_display().capitalize())

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return verbs.seen_by(super().get_queryset(request), cast(User, request.user))

    def get_urls(self) -> list[Any]:
        """The trends stand before the pages of single tickets."""
        return [
            path("trends/", self.admin_site.admin_view(self.trends), name="accounts_ticket_trends"),
            *super().get_urls(),
        ]

    def trends(self, request: HttpRequest) -> HttpResponse:
        """Counts by month and category, from five up."""
        months, lines = trends.trends()
        context = {**self.admin_site.each_context(request), "opts": self.opts, "months": months, "lines": lines}
        return TemplateResponse(request, "admin/accounts/ticket/trends.html", {**context, "title": _("Trends")})

    @admin.display(description=gettext_lazy("agreed to share a screen"))
    def agreed(self, ticket: Ticket) -> Any:
        return columns.moment(ticket.screen_agreed_at)

    @admin.display(description=gettext_lazy("first answer after"))
    def took(self, ticket: Ticket) -> Any:
        return columns.NOTHING if ticket.answered_at is None else timesince(ticket.created_at, ticket.answered_at)

    @admin.display(description=gettext_lazy("changed"))
    def changed(self, ticket: Ticket) -> Any:
        return columns.moment(ticket.changed_at)

    @admin.display(description=gettext_lazy("asked by"))
    def asker(self, ticket: Ticket) -> Any:
        return columns.person(ticket.user) if ticket.user is not None else ticket.email or columns.NOTHING

    @admin.display(description=gettext_lazy("texts"))
    def written(self, ticket: Ticket) -> Any:
        entries = ticket.entries.select_related("user").order_by("at")
        return render_to_string("admin/parts/entries.html", {"entries": entries})

    def save_model(self, request: HttpRequest, obj: Ticket, form: Any, change: bool) -> None:
        """Sort, answer, close; the verbs write the audit record."""
        given = form.cleaned_data
        verbs.sort(Ticket.objects.get(pk=obj.pk), actor(request), topic=given["topic"], channel=given["channel"])
        if given["restrict"]:
            verbs.restrict(obj, [given["viewer"]] if given["viewer"] else [], actor(request))
        if form.cleaned_data["answer"]:
            verbs.answer(obj, cast(User, request.user), form.cleaned_data["answer"], actor(request))
        if CLOSE in request.POST:
            verbs.close(obj, actor(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return {}

    def response_change(self, request: HttpRequest, obj: Ticket) -> HttpResponse:
        closed = CLOSE in request.POST
        if SORT in request.POST:
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect(columns.address(obj))
        text = _("The ticket is closed. Writing in it opens it again.") if closed else _("Your answer is on its way.")
        self.message_user(request, text, messages.SUCCESS)
        return redirect(columns.list_of("accounts_ticket", state=Ticket.State.OPEN) if closed else columns.address(obj))
