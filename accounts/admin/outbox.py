"""Messages: what became of each, and another try; never what it says, nor a whole address. And who works it off."""

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns, mail_test
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, UserFilter, WhenFilter
from accounts.console import registry
from accounts.messages.verbs import NotAgain, send_again
from accounts.models import Message, WorkerHeartbeat

State = Message.State
WAITING = (State.QUEUED, State.CLAIMED, State.SENDING)
TONES = {
    State.QUEUED: "info",
    State.CLAIMED: "info",
    State.SENDING: "info",
    State.SENT: "good",
    State.REFUSED: "bad",
    State.UNKNOWN: "warn",
    State.EXPIRED: "idle",
    State.DEAD: "bad",
}


LANGUAGE = columns.line("language", gettext_lazy("language"))
TRIES = columns.line("tries", gettext_lazy("tries"))
ID = columns.line("public_id", gettext_lazy("id"))
DATES = (
    columns.at("created_at", gettext_lazy("made")),
    columns.at("claimed_at", gettext_lazy("last try")),
    columns.at("next_try_at", gettext_lazy("next try")),
    columns.at("finished_at", gettext_lazy("ended")),
    columns.at("not_after", gettext_lazy("useless after")),
)


class StateFilter(admin.SimpleListFilter):
    """Messages by state; the three states of one that is on its way are one choice."""

    title = gettext_lazy("state")
    parameter_name = "state"
    waiting: ClassVar[str] = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        ended = [(str(state), state.label.capitalize()) for state in State if state not in WAITING]
        return [(self.waiting, _("On its way")), *ended]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(state__in=WAITING) if value == self.waiting else queryset.filter(state=value)


@admin.register(Message)
class MessageAdmin(StaffAdmin):
    list_display = ("what", "went_to", "fate", "of_customer", "made")
    list_select_related = ("customer",)
    list_filter = (StateFilter, CustomerFilter, UserFilter, WhenFilter, "channel")
    search_fields = ("transaction__exact", "public_id__exact")
    search_help_text = gettext_lazy("The whole id of a transaction or of a message.")
    actions = ("again",)
    fieldsets = (
        (None, {"fields": ("what", "channel", "to_masked", LANGUAGE, "of_customer", "of_site", "of_user")}),
        (gettext_lazy("What became of it"), {"fields": ("shown_state", "reason_in_words", "provider", TRIES)}),
        (gettext_lazy("When"), {"fields": DATES}),
        (gettext_lazy("Ids"), {"fields": (ID, "transaction")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("to", "body", "context")

    def get_urls(self) -> list[Any]:
        """The mail set-up's page stands before the pages of single messages."""
        page = self.admin_site.admin_view(partial(mail_test.view, model_admin=self))
        return [path("test/", page, name="accounts_message_test"), *super().get_urls()]

    def name_of(self, obj: Message) -> str:
        return str(registry.KINDS.get(obj.kind, obj.kind))

    @admin.display(description=gettext_lazy("what"))
    def what(self, message: Message) -> Any:
        return columns.over(self.name_of(message), message.kind)

    @admin.display(description=gettext_lazy("to"))
    def went_to(self, message: Message) -> Any:
        return columns.over(message.to_masked or "–", message.get_channel_display())

    @admin.display(description=gettext_lazy("state"))
    def fate(self, message: Message) -> Any:
        return columns.over(self.shown_state(message), message.reason_in_words)

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, message: Message) -> Any:
        return columns.badge(TONES[State(message.state)], message.get_state_display().capitalize())

    @admin.display(description=gettext_lazy("reason"))
    def reason_in_words(self, message: Message) -> str:
        return message.reason_in_words

    @admin.action(description=gettext_lazy("Send again (it may arrive twice)"))
    def again(self, request: HttpRequest, rows: models.QuerySet[Message]) -> None:
        for message in rows:
            named = {"what": self.name_of(message), "to": message.to_masked}
            try:
                send_again(message, actor(request))
            except NotAgain as refusal:
                text = _("“%(what)s” to %(to)s was not sent again. %(why)s") % {**named, "why": refusal}
                self.message_user(request, text, messages.WARNING)
            else:
                self.message_user(request, _("“%(what)s” to %(to)s is sent again.") % named, messages.SUCCESS)


QUEUE = columns.line("queue", gettext_lazy("queue"))


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(StaffAdmin):
    list_display = (QUEUE, "heard")
    list_display_links = None
    fields = (QUEUE, "heard")

    @admin.display(description=gettext_lazy("last heard"))
    def heard(self, heartbeat: WorkerHeartbeat) -> Any:
        return columns.moment(heartbeat.at)
