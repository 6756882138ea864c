"""Pages about webhooks: the endpoints, one of them with its log, its secret shown once, a test, a repetition."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from accounts import outbound
from accounts.console import listing
from accounts.console.access import dashboard, fresh
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.models import Customer, WebhookDelivery, WebhookEndpoint
from accounts.roles import Right
from accounts.webhooks import events, verbs

State = WebhookDelivery.State
TONES = {State.WAITING: "info", State.SENDING: "info", State.DELIVERED: "good", State.FAILED: "bad"}
# What the log says where no answer came
HOW: dict[str, str | Promise] = {
    "no answer in five seconds": gettext_lazy("no answer in five seconds"),
    "TLS failed": gettext_lazy("the certificate is not trusted, or TLS failed"),
    "no connection": gettext_lazy("no connection"),
    "the connection broke": gettext_lazy("the connection broke"),
    "the name is not known": gettext_lazy("the name is not known"),
    "not a public address": gettext_lazy("the name leads into a private network"),
}


class EndpointForm(forms.Form):
    """Where events go, and which."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=100,
        error_messages={"required": gettext_lazy("A name, so that you know it again in the list.")},
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=outbound.LONGEST,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("An https address that everybody can reach. Redirects are not followed."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: it gets all of them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(name, f"{capfirst(str(words))} ({name})") for name, words in events.names().items()]
        self.fields["events"].choices = lines  # type: ignore[attr-defined]  # a field of choices

    def clean_url(self) -> str:
        try:
            outbound.checked(self.cleaned_data["url"])
        except outbound.Refused:
            text = _("Write a whole address that begins with https:// and that everybody can reach.")
            raise forms.ValidationError(text) from None
        return str(self.cleaned_data["url"])


def endpoint_of(customer: Customer, public_id: str) -> WebhookEndpoint:
    """One endpoint of the customer's; 404 for anybody else's."""
    found = get_object_or_404(WebhookEndpoint, customer=customer, public_id=public_id)
    found.customer = customer
    return found


@dashboard(Right.SEE_KEYS)
def webhooks(request: KumquatRequest) -> HttpResponse:
    """The endpoints, each with how it does."""
    mine = WebhookEndpoint.objects.filter(customer=request.customer)
    context = {
        "page": listing.page(request, mine),
        "found": listing.counted(mine, ngettext_lazy("%(n)s webhook", "%(n)s webhooks", "count")),
    }
    return render(request, "console/webhooks.html", context)


@dashboard(Right.SEE_KEYS)
@fresh
def add(request: KumquatRequest) -> HttpResponse:
    """A new endpoint. Its secret is in this one answer and nowhere else."""
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = verbs.add(request.customer, given["name"], given["url"], given["events"], actor(request))
        except verbs.TooManyEndpoints:
            text = _("You have %(most)d webhooks, as many as one customer can have.")
            form.add_error(None, text % {"most": verbs.MOST_ENDPOINTS})
        else:
            return render(request, "console/webhook_secret.html", {"endpoint": made, "secret": made.secret})
    return render(request, "console/webhook_edit.html", {"form": form})


@dashboard(Right.SEE_KEYS)
def webhook(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One endpoint and what was sent to it lately."""
    endpoint = endpoint_of(request.customer, public_id)
    page = listing.page(request, WebhookDelivery.objects.filter(endpoint=endpoint))
    names = events.names()
    rows = [
        {
            "delivery": one,
            "what": names.get(one.event, _("Test event")),
            "state": capfirst(one.get_state_display()),
            "tone": TONES[State(one.state)],
            "reply": HOW.get(one.reply, one.reply),
        }
        for one in page.rows
    ]
    chosen = [names.get(name, name) for name in endpoint.events]
    context = {"endpoint": endpoint, "page": page, "rows": rows, "chosen": chosen}
    return render(request, "console/webhook.html", context)


@dashboard(Right.SEE_KEYS)
@fresh
def edit(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Where it is, and what it gets."""
    endpoint = endpoint_of(request.customer, public_id)
    now = {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
    form = EndpointForm(request.POST or None, initial=now)
    if form.is_valid():
        given = form.cleaned_data
        verbs.edit(endpoint, given["name"], given["url"], given["events"], actor(request))
        say(request, _("%(name)s is saved.") % {"name": given["name"]})
        return redirect("console:webhook", endpoint.public_id)
    return render(request, "console/webhook_edit.html", {"form": form, "endpoint": endpoint})


@dashboard(Right.SEE_KEYS)
@fresh
def rotate(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Replace the secret, after a page that says how long the old one signs as well."""
    endpoint = endpoint_of(request.customer, public_id)
    if request.method == "POST":
        secret = verbs.rotate(endpoint, actor(request))
        return render(request, "console/webhook_secret.html", {"endpoint": endpoint, "secret": secret})
    return render(request, "console/webhook_rotate.html", {"endpoint": endpoint})


@dashboard(Right.SEE_KEYS)
@fresh
def delete(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Delete an endpoint with its log, after a page that asks."""
    endpoint = endpoint_of(request.customer, public_id)
    if request.method == "POST":
        verbs.delete(endpoint, actor(request))
        say(request, _("%(name)s is deleted.") % {"name": endpoint.name})
        return redirect("console:webhooks")
    return render(request, "console/webhook_delete.html", {"endpoint": endpoint})


@require_POST
@dashboard(Right.SEE_KEYS)
def switch(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Stop an endpoint that runs, start one that was stopped."""
    endpoint = endpoint_of(request.customer, public_id)
    if endpoint.stopped_at is None:
        verbs.stop(endpoint, WebhookEndpoint.Stopped.MEMBER, actor(request))
        say(request, _("Nothing more is sent to %(name)s.") % {"name": endpoint.name})
    else:
        verbs.start(endpoint, actor(request))
        say(request, _("Events go to %(name)s again.") % {"name": endpoint.name})
    return redirect("console:webhook", endpoint.public_id)


@require_POST
@dashboard(Right.SEE_KEYS)
def test(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Send a test event."""
    endpoint = endpoint_of(request.customer, public_id)
    verbs.test(endpoint, actor(request))
    say(request, _("A test event is on its way. Load the page again to see how it went."))
    return redirect("console:webhook", endpoint.public_id)


@require_POST
@dashboard(Right.SEE_KEYS)
def replay(request: KumquatRequest, public_id: str, delivery_id: str) -> HttpResponse:
    """Send one event of the log once more."""
    endpoint = endpoint_of(request.customer, public_id)
    delivery = get_object_or_404(WebhookDelivery, endpoint=endpoint, public_id=delivery_id)
    delivery.endpoint, delivery.customer = endpoint, request.customer
    verbs.replay(delivery, actor(request))
    say(request, _("It is sent once more."))
    return redirect("console:webhook", endpoint.public_id)
