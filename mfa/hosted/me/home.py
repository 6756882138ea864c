"""The first page: what the person proves themselves with, where they are known, and what happened lately."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts import languages
from accounts import verbs as accounts
from accounts.console import listing
from accounts.models import Session
from accounts.sessions import stored_key
from accounts.verbs import sessions
from mfa import verbs
from mfa.contract import METHODS
from mfa.hosted.me import door, linking
from mfa.hosted.me.access import OwnRequest, actor, address, fresh, is_in, of_customer, own_page
from mfa.models import Transaction
from mfa.verbs import Owned, recovering, reporting, trusting
from rba import explain

LATEST = 5
MOST = 50  # devices and sessions on one page
State = Transaction.State
TONES = {State.PENDING: "info", State.APPROVED: "good", State.DENIED: "bad", State.EXPIRED: "idle", State.FAILED: "bad"}


@require_safe
@of_customer
def home(request: OwnRequest) -> HttpResponse:
    """All of it on one page for who is in, the door for everybody else."""
    return _home(request) if is_in(request) else door.show(request)


def _home(request: OwnRequest) -> HttpResponse:
    person, here = request.person, stored_key(request.session.session_key or "")
    open_ones = sessions.sessions_of(person).filter(customer=request.customer)[:MOST]
    recent = _sign_ins(request).order_by("-pk")[:LATEST]
    context = {
        "ways": [described(one) for one in verbs.owned(person, request.rules)],
        "devices": trusting.open_devices(person, timezone.now()).select_related("site").order_by("-pk")[:MOST],
        "sessions": [(session, session.session_key == here) for session in open_ones],
        "sign_ins": _told(request, list(recent)),
        "recovery": recovering.open_of(person),
        "languages": settings.LANGUAGES,
        "links": linking.LINKS,
        "notes": [said for note in linking.NOTES if (said := note(person))],
    }
    return _show(request, "home", **context)


def _show(request: OwnRequest, template: str, **context: Any) -> HttpResponse:
    told_always = {"customer": request.customer, "person": request.person}
    return render(request, f"hosted/me/{template}.html", {**told_always, **context})


def described(one: Owned) -> dict[str, Any]:
    """One way as the list shows it: its name, what it is, whether it counts just now."""
    row = one.authenticator
    codes = one.method.left(row) if row is not None and one.method.is_standby else None
    return {"one": one, "row": row, "name": one.name, "left": codes, "state": _state(one)}


def _state(one: Owned) -> dict[str, str]:
    row = one.authenticator
    if row is not None and row.off_at is not None:
        return {"tone": "bad", "text": _("Off: too many wrong answers")}
    if row is not None and row.suspended_at is not None:
        return {"tone": "idle", "text": pgettext("a method", "Suspended")}
    return {"tone": "good", "text": _("Active")}


def _sign_ins(request: OwnRequest) -> Any:
    mine = Transaction.objects.filter(customer=request.customer, user=request.person)
    return mine.exclude(purpose=Transaction.Purpose.REGISTER).select_related("site")


def told(txn: Transaction) -> dict[str, Any]:
    """One sign-in as the lists show it."""
    state = State(txn.shown_state)
    return {
        "txn": txn,
        "where": txn.site.name if txn.site is not None else _("These pages"),
        "method": METHODS[txn.method].label if txn.method in METHODS else txn.method,
        "tone": TONES[state],
        "text": capfirst(state.label),
    }


def _told(request: OwnRequest, txns: list[Transaction]) -> list[dict[str, Any]]:
    """Sign-ins with what risk made of each, in plain words, and what the person said of it."""
    decisions, said = reporting.decisions_of(txns), reporting.said_of(request.person) if txns else {}
    return [
        {
            **told(txn),
            "why": explain.sentence(decisions[txn.pk]) if txn.pk in decisions else "",
            "is_mine": said.get(txn.public_id) == reporting.WAS_ME,
            "is_not_mine": said.get(txn.public_id) == reporting.NOT_ME,
        }
        for txn in txns
    ]


@require_safe
@own_page
def sign_ins(request: OwnRequest) -> HttpResponse:
    """All of them, newest first."""
    page = listing.page(request, _sign_ins(request))
    return _show(request, "sign_ins", page=page, sign_ins=_told(request, page.rows))


@own_page
def not_me(request: OwnRequest, public_id: str) -> HttpResponse:
    """A sign-in that was somebody else: recorded, sessions and devices ended, the customer told; its POST decides."""
    txn = get_object_or_404(_sign_ins(request), public_id=public_id)
    if request.method != "POST":
        return _show(request, "not_me", sign_in=_told(request, [txn])[0])
    if not reporting.not_me(request.person, txn, actor(request), keep=request.session.session_key):
        messages.success(request, _("You told us so already. It is done, and they are told."))
        return redirect(address(request, "home"))
    messages.success(request, _("Thank you for telling us. You are signed out everywhere else, and they are told."))
    return redirect(address(request, "home"))


@own_page
@fresh
def was_me(request: OwnRequest, public_id: str) -> HttpResponse:
    """A sign-in that was the person's own, however strange it looked; its POST decides, and teaches."""
    txn = get_object_or_404(_sign_ins(request), public_id=public_id)
    if request.method != "POST":
        return _show(request, "was_me", sign_in=_told(request, [txn])[0])
    if reporting.was_me(request.person, txn, actor(request)):
        messages.success(request, _("Thank you. We know it as yours from now on."))
    else:
        messages.error(request, _("You told us before that it was not you. That stands: ask the help desk."))
    return redirect(address(request, "home"))


@require_POST
@own_page
def forget_device(request: OwnRequest, public_id: str) -> HttpResponse:
    """Trust one browser no longer."""
    if not trusting.revoke(request.person, public_id, actor(request)):
        raise Http404
    messages.success(request, _("That browser is asked again from now on."))
    return redirect(address(request, "home"))


@require_POST
@own_page
def forget_devices(request: OwnRequest) -> HttpResponse:
    """Trust no browser any longer."""
    trusting.revoke_all(request.person, actor(request))
    messages.success(request, _("Every browser is asked again from now on."))
    return redirect(address(request, "home"))


@require_POST
@own_page
def end_session(request: OwnRequest, public_id: str) -> HttpResponseBase:
    """Sign one browser out of these pages; this one too, if it is the one."""
    mine = Session.objects.filter(user=request.person, customer=request.customer, public_id=public_id)
    row = get_object_or_404(mine)
    if row.session_key == stored_key(request.session.session_key or ""):
        return door.leave(request, request.customer.slug)
    sessions.end_session(request.person, public_id, actor(request))
    messages.success(request, _("That browser is signed out."))
    return redirect(address(request, "home"))


@require_POST
@own_page
def end_everywhere(request: OwnRequest) -> HttpResponse:
    """Sign out everywhere: every other session ends and every trusted browser is asked again."""
    by = actor(request)
    sessions.end_sessions(request.person, by, keep=request.session.session_key)
    trusting.revoke_all(request.person, by)
    messages.success(request, _("You are signed out everywhere but here, and no browser is trusted any more."))
    return redirect(address(request, "home"))


@require_POST
@own_page
def language(request: OwnRequest) -> HttpResponse:
    """The language of these pages and of the messages."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    accounts.update_user(request.person, actor(request), language=chosen)
    response = redirect(address(request, "home"))
    languages.remember(response, chosen)
    return response
