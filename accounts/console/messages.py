"""What was sent for a customer, how it went, and sending it once more."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console import listing, registry
from accounts.console.access import dashboard
from accounts.console.pages import actor, refuse, say
from accounts.http import KumquatRequest
from accounts.messages import verbs
from accounts.models import Customer, Message
from accounts.roles import Right, may

State = Message.State
TONES = {
    State.QUEUED: "info",
    State.CLAIMED: "info",
    State.SENDING: "info",
    State.SENT: "good",
    State.REFUSED: "bad",
    State.UNKNOWN: "warn",
    State.EXPIRED: "idle",
    State.DEAD: "bad",
    State.KEPT: "idle",
}
UNDELIVERED = (State.REFUSED, State.UNKNOWN, State.DEAD)


class MessageFilters(listing.Filters):
    """Messages by state, channel and day."""

    state = listing.Choice(
        gettext_lazy("State"),
        gettext_lazy("All states"),
        [("undelivered", gettext_lazy("Not delivered, or not known")), *listing.capped(State)],
    )
    channel = listing.Choice(gettext_lazy("Channel"), gettext_lazy("All channels"), listing.capped(Message.Channel))
    first = listing.Day(gettext_lazy("From"))
    last = listing.Day(gettext_lazy("To"))

    def of(self, customer: Customer) -> QuerySet[Message]:
        """The customer's messages that are left."""
        rows = Message.objects.filter(customer=customer)
        state, channel = self.chosen("state"), self.chosen("channel")
        if state is not None:
            rows = rows.filter(state__in=UNDELIVERED if state == "undelivered" else [state])
        if channel is not None:
            rows = rows.filter(channel=channel)
        return listing.within(rows, self.chosen("first"), self.chosen("last"))


@dashboard(Right.SEE_PEOPLE)
def messages(request: KumquatRequest) -> HttpResponse:
    """The customer's messages, newest first. Addresses are masked, and texts are not kept."""
    filters = MessageFilters(request)
    mine = filters.of(request.customer)
    page = listing.page(request, mine.select_related("user").defer("to", "body", "context"))
    context = {
        "page": page,
        "rows": [
            {
                "message": message,
                "what": registry.KINDS.get(message.kind, message.kind),
                "state": capfirst(message.get_state_display()),
                "tone": TONES[State(message.state)],
                "again": message.state in UNDELIVERED,
            }
            for message in page.rows
        ],
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s message", "%(n)s messages", "count")),
        "may_help": may(request.membership.role, Right.HELP_PEOPLE),
    }
    return render(request, "console/messages.html", context)


@dashboard(Right.HELP_PEOPLE)
def again(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Send a message once more, after a page that says what is sent and that it may arrive twice."""
    message = get_object_or_404(Message, customer=request.customer, public_id=public_id)
    if request.method == "POST":
        try:
            verbs.send_again(message, actor(request))
        except verbs.NotAgain as error:
            refuse(request, _("Not sent again. %(why)s") % {"why": error})
        else:
            say(request, _("We send it again to %(address)s.") % {"address": message.to_masked})
        return redirect("console:messages")
    return render(
        request, "console/message_again.html", {"message": message, "unknown": message.state == State.UNKNOWN}
    )
