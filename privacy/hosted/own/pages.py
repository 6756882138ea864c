"""The person's requests: what can be asked, one page a request, and calling it off."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mfa.hosted.me.access import OwnRequest, actor
from privacy import forms, moves, showing
from privacy.hosted.own import access, choices
from privacy.hosted.own.access import find, known, show
from privacy.models import Package, PrivacyRequest
from privacy.moves import Height, Kind, Move, State, Who
from privacy.verbs import deciding, packing, proving, requesting

MOST = 50


@require_safe
@known
def rights(request: OwnRequest) -> HttpResponse:
    """What can be asked, and what was."""
    mine = [showing.row(one) for one in requesting.open_of(request.person)[:MOST]]
    kinds = [{"kind": kind, "label": forms.LABELS[kind], "intro": forms.INTRO[kind]} for kind in offered()]
    optional = {} if access.is_half(request) else choices.of(request)
    return show(request, "rights", requests=mine, kinds=kinds, **optional)


def offered() -> list[Kind]:
    """What an end user can ask for here: no marketing is sent to them that they could object to."""
    return [kind for kind in Kind if kind is not Kind.OBJECTION]


@require_http_methods(["GET", "HEAD", "POST"])
@known
def ask(request: OwnRequest, kind: str) -> HttpResponse:
    """Ask for one thing. What it takes to prove who asks comes next."""
    if kind not in {str(one) for one in offered()}:
        raise Http404
    form = forms.AskForm(kind, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "kind": kind,
        "label": forms.LABELS[Kind(kind)],
        "intro": forms.INTRO[Kind(kind)],
        "form": form,
    }
    if request.method != "POST" or not form.is_valid():
        return show(request, "ask", **context)
    by = actor(request, request.person)
    try:
        made = requesting.make(request.person, form.asked, by)
    except requesting.TooMany:
        form.add_error(None, _("Ten requests a day are enough. What you asked before is being answered."))
        return show(request, "ask", 429, **context)
    if made.is_joined:
        messages.success(request, _("You had asked that already; what you add now is with it."))
    row = made.request
    if row.state != State.EVIDENCE:
        return redirect(access.address(request, "request", row.public_id))
    with suppress(requesting.NotNow):  # moved on meanwhile, as when the person is erased just now
        _prove(request, row)
    row.refresh_from_db()
    if row.state == State.EVIDENCE:
        return redirect(access.address(request, "prove", row.public_id))
    return redirect(access.address(request, "request", row.public_id))


def _prove(request: OwnRequest, row: PrivacyRequest) -> None:
    """Take for a proof what there is already: a site's word for who asks here and now, or what opened the session."""
    voucher = access.voucher(request)
    if voucher is not None:
        proving.vouch(row, _("Signed in at the site."), voucher)
    elif proving.needed(row) <= Height.MAILBOX or access.is_half(request):
        proving.prove(row, access.method(request), actor(request, request.person))


@require_http_methods(["GET", "HEAD", "POST"])
@known
def one(request: OwnRequest, public_id: str) -> HttpResponse:
    """One request: where it stands, what was said, what can be done; its POST writes a line to the other side."""
    row = find(request, public_id)
    if request.method == "POST" and request.POST.get("text", "").strip() and row.is_open:
        with suppress(requesting.NotNow):  # it has ended meanwhile, which the page then says
            requesting.say(row, request.POST["text"], actor(request, request.person))
            messages.success(request, _("It is with your request."))
        return redirect(access.address(request, "request", public_id))
    return show(request, "request", row=row, **context_of(row, hide=not access.may_read(request, row)))


def context_of(row: Any, *, hide: bool) -> dict[str, Any]:
    """What the page of a request shows its person. Who proved a mailbox alone reads nothing that was written."""
    can = {str(rule.move) for rule in moves.moves_of(row.kind, row.state, Who.PERSON)}
    return {
        "told": showing.row(row),
        "entries": showing.entries(row, hide=hide, own=True),
        "grounds": [] if hide else showing.grounds(row),
        "value": "" if hide else row.new_value,
        "package": None if hide else packing.ready(row),
        "progress": None if hide else Package.objects.filter(request=row, made_at=None).first(),
        "can_cancel": str(Move.CANCEL) in can,
        "can_prove": row.state == State.EVIDENCE,
        "can_verify": row.state == State.VERIFYING,
        "can_write": row.is_open,
    }


@require_POST
@known
def cancel(request: OwnRequest, public_id: str) -> HttpResponse:
    """Call a request off."""
    row = find(request, public_id)
    try:
        deciding.cancel(row, actor(request, request.person))
        messages.success(request, _("It is called off. Nothing has changed."))
    except requesting.NotNow:
        messages.error(request, _("It is too late to call that off."))
    return redirect(access.address(request, "request", public_id))
