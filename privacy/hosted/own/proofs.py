"""Proving who asks, by a factor of one's own; and proving a corrected address by the code that went there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.limits import Limit
from mfa.contract import METHODS, Begun, Refusal, Verdict
from mfa.hosted import steps
from mfa.hosted.me import proving as pages
from mfa.hosted.me.access import OwnRequest, actor
from mfa.hosted.steps import Step
from mfa.models import Transaction
from privacy.hosted.own import access
from privacy.hosted.own.access import find, known, show
from privacy.models import PrivacyRequest
from privacy.moves import State
from privacy.verbs import apart, correcting, proving, requesting

CODE = "corrects"  # in the session: the transaction of the code to a new address


@require_http_methods(["GET", "HEAD", "POST"])
@known
def prove(request: OwnRequest, public_id: str) -> HttpResponse:
    """Prove once more who asks, or learn who can vouch for you. Whether anything is held shows nowhere here."""
    row = find(request, public_id)
    here = access.address(request, "request", public_id)
    if row.state != State.EVIDENCE:
        return redirect(here)
    ways = pages.strong_ways(apart.whole(request.person), request.rules)
    context = {"row": row, "next": here, "is_half": access.is_half(request)}
    found = pages.prove(request, request.person, ways, "hosted/own/prove.html", context, for_rights=True)
    if isinstance(found, HttpResponse):
        return found
    method = found.authenticator.method if found.authenticator is not None else ""
    try:
        proving.prove(row, method, actor(request, request.person))
    except requesting.NotNow:
        messages.error(request, _("That request has moved on meanwhile."))
    return redirect(here)


@require_http_methods(["GET", "HEAD", "POST"])
@known
def verify(request: OwnRequest, public_id: str) -> HttpResponse:
    """Prove a corrected address: a code goes there on the first POST, the next ones answer it."""
    row = find(request, public_id)
    here = access.address(request, "request", public_id)
    if row.state != State.VERIFYING or not access.knows_well(request):
        return redirect(here)
    txn = _asked(request, row)
    if request.method != "POST":
        return _show(request, row, txn)
    if "send" in request.POST or txn is None:
        return _send(request, row)
    by, visitor = actor(request), request.source.network_prefix
    method = METHODS[txn.method]
    judged = correcting.confirm(row, txn.public_id, method.read(request.POST), by, visitor=visitor)
    if judged.verdict is Verdict.PASSED:
        del request.session[CODE]
        messages.success(request, _("The new address is yours here from now on. The old one was told."))
        return redirect(here)
    return _show(request, row, txn, steps.said(judged, method))


def _send(request: OwnRequest, row: PrivacyRequest) -> HttpResponse:
    over = limits.hit([Limit("corrected address", str(request.person.pk), 10, 3600)])
    if over is not None:
        return _show(request, row, None, steps.wait(over.wait))
    begun = correcting.ask(row, actor(request))
    if not isinstance(begun, Begun):
        said = steps.refused(begun) if isinstance(begun, Refusal) else _("No message of ours reaches that address.")
        return _show(request, row, None, said)
    request.session[CODE] = begun.transaction.public_id
    return redirect(request.path)


def _asked(request: OwnRequest, row: PrivacyRequest) -> Transaction | None:
    public_id = request.session.get(CODE, "")
    mine = Transaction.objects.filter(customer=row.customer, public_id=public_id, user=None)
    txn = mine.select_related("guard").first() if public_id else None
    return txn if txn is not None and txn.shown_state == Transaction.State.PENDING else None


def _show(request: OwnRequest, row: PrivacyRequest, txn: Transaction | None, error: str = "") -> HttpResponse:
    step = Step(txn, request.customer.name, error) if txn is not None else None
    return show(request, "verify", row=row, step=step, error=error, value=row.new_value)
