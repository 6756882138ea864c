"""The start page: what to do first and, once a site is connected, what needs a look and how it goes."""

from typing import Any

import structlog
from django.db import DatabaseError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import limits, names, verbs
from accounts.console import registry
from accounts.console.access import dashboard
from accounts.console.pages import refuse, say, soon
from accounts.console.registry import Now
from accounts.http import KumquatRequest
from accounts.limits import Limit
from accounts.messages import verbs as messages
from accounts.models import Membership, Message, Site
from accounts.roles import Right, may

log = structlog.get_logger()
TEST = "accounts.test"


@dashboard(Right.SEE)
def start(request: KumquatRequest) -> HttpResponse:
    """What to do first; below it, as soon as a site is connected, the overview."""
    found = [(step, step.read(request.membership)) for step in _mine(request, registry.STEPS)]
    first = next((step for step, now in found if not now.is_done), None)  # its button is the page's main one
    is_running = Site.objects.filter(customer=request.customer, connected_at__isnull=False).exists()
    context = {
        "steps": [(step, now, step is first) for step, now in found],
        "left": sum(not now.is_done for _step, now in found),
        "is_running": is_running,
        "tiles": [_tile(request, tile) for tile in _tiles(request)] if is_running else [],
        "panels": _panels(request) if is_running else [],
    }
    return render(request, "console/start.html", context)


@require_POST
@dashboard(Right.SEE)
def switch(request: KumquatRequest) -> HttpResponse:
    """Work in another of the member's customers from now on."""
    public_id = request.POST.get("customer", "")[:22]
    chosen = Membership.objects.filter(user=request.membership.user, customer__public_id=public_id).first()
    if chosen is None:
        raise Http404
    request.session["customer"] = str(chosen.customer_id)
    request.session.pop("test", None)
    return redirect("console:start")


@require_POST
@dashboard(Right.HELP_PEOPLE)
def send_test(request: KumquatRequest) -> HttpResponse:
    """Send the member a message, so that they see that messages arrive."""
    member = request.membership.user
    over = limits.hit([Limit("test message", str(request.customer.pk), 10)])
    if over is not None:
        refuse(
            request,
            _("Ten test messages an hour are enough. The next one can go %(when)s.") % {"when": soon(over.wait)},
        )
        return redirect("console:start")
    messages.queue(
        TEST, customer=request.customer, channel="email", to=member.email, user=None, language=member.language
    )
    say(request, _("We send a test message to %(address)s.") % {"address": names.mask(member.email)})
    return redirect("console:messages")


@require_POST
@dashboard(Right.SEE)
def confirm_again(request: KumquatRequest) -> HttpResponse:
    """Mail the link that confirms the member's own address once more."""
    member = request.membership.user
    over = limits.hit([Limit("confirm again", str(member.pk), 5)])
    if over is not None:
        refuse(
            request, _("We sent five links in the last hour. The next one can go %(when)s.") % {"when": soon(over.wait)}
        )
    elif member.email_confirmed_at is None:
        verbs.send_confirmation(member, request.customer)
        say(request, _("We sent a new link to %(address)s.") % {"address": names.mask(member.email)})
    return redirect("console:start")


def confirm_step(membership: Membership) -> Now:
    """Whether the member's address is confirmed."""
    user = membership.user
    if user.email_confirmed_at is not None:
        return Now(True, _("%(address)s is yours.") % {"address": names.mask(user.email)})
    text = _("Open the link that we sent to %(address)s. Until then codes go to that address only.")
    action = gettext_lazy("Send the link again")
    return Now(
        False, text % {"address": names.mask(user.email)}, reverse("console:confirm_again"), action, is_post=True
    )


def connect_step(membership: Membership) -> Now:
    """Whether one of the customer's sites has called."""
    sites = list(Site.objects.filter(customer=membership.customer, archived_at=None).order_by("created_at")[:10])
    connected = next((site for site in sites if site.connected_at), None)
    if connected is not None:
        return Now(True, _("%(site)s calls us.") % {"site": connected.name})
    if not sites:
        return Now(
            False, _("Add the site whose people sign in."), reverse("console:site_add"), gettext_lazy("Add a site")
        )
    text = _("Point the plugin of %(site)s here. About five minutes.") % {"site": sites[0].name}
    return Now(False, text, reverse("console:connect", args=[sites[0].public_id]), gettext_lazy("Connect your site"))


def test_step(membership: Membership) -> Now:
    """Whether a test message was sent for the customer, or codes go out already. Looks at the latest messages only."""
    latest = Message.objects.filter(customer=membership.customer).order_by("-pk").defer("to", "body", "context")[:20]
    sent = next((message for message in latest if message.kind == TEST or message.is_code), None)
    if sent is not None:
        text = _("Sent to %(address)s: %(state)s.")
        return Now(True, text % {"address": sent.to_masked, "state": sent.get_state_display()})
    text = _("See in your own mailbox what your people will get.")
    return Now(False, text, reverse("console:send_test"), gettext_lazy("Send a test message"), is_post=True)


def _mine(request: KumquatRequest, parts: list[Any]) -> list[Any]:
    """The parts that the member's role may see, in order."""
    return sorted((part for part in parts if may(request.membership.role, part.right)), key=lambda part: part.order)


def _tiles(request: KumquatRequest) -> list[registry.Tile]:
    """The figures that the member may see, in the order that they wish."""
    tiles = _mine(request, registry.TILES)
    for order in registry.ORDERS:
        tiles = order(request.membership, tiles)
    return tiles


def _tile(request: KumquatRequest, tile: registry.Tile) -> dict[str, Any]:
    """One figure. A tile that cannot be read fails alone and says so."""
    try:
        value, note = tile.read(request.customer)
    except DatabaseError:
        log.exception("a tile could not be read", tile=tile.url_name)
        value, note = "–", _("could not be read just now")
    return {"label": tile.label, "value": value, "note": note, "url": reverse(tile.url_name) + tile.query}


def _panels(request: KumquatRequest) -> list[dict[str, Any]]:
    return [panel.read(request) | {"template": panel.template} for panel in _mine(request, registry.PANELS)]
