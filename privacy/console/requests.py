"""The customer's queue of requests about its people's data: what is due, who asks, and what is decided."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from accounts.console import listing
from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.console.registry import Words
from accounts.console.user import user_of
from accounts.http import KumquatRequest
from accounts.models import Customer, User
from accounts.roles import Right, may
from mfa.contract import METHODS
from privacy import deadlines, forms, showing, subjects
from privacy.console import acting
from privacy.models import PrivacyRequest, SetAside
from privacy.moves import Kind, State, Who
from privacy.verbs import idling, proving, requesting

COUNT = ngettext_lazy("%(n)s request", "%(n)s requests", "count")
LATEST = 5


def due(customer: Customer) -> tuple[str, Words]:
    """A tile's figure: how many wait for an answer, and whether one is due within a week."""
    open_ones = requesting.of_customer(customer).filter(closed_at=None)
    soon = open_ones.filter(paused_at=None, due_at__lte=timezone.now() + deadlines.SOON).exists()
    number = listing.bounded(open_ones[: listing.MOST_COUNTED + 1].count())
    return number, gettext_lazy("open, one due within a week") if soon else gettext_lazy("open")


@dashboard(Right.SEE_PEOPLE)
def queue(request: KumquatRequest) -> HttpResponse:
    """Those that are open, or all; newest first, with what is due and what is late."""
    rows, everything = requesting.of_customer(request.customer), request.GET.get("all") == "1"
    late = rows.filter(closed_at=None, paused_at=None, due_at__lt=timezone.now())
    page = listing.page(request, rows if everything else rows.filter(closed_at=None))
    context = {
        "page": page,
        "rows": [showing.row(one) for one in page.rows],
        "everything": everything,
        "late": late[: listing.MOST_COUNTED].count(),
        "now": timezone.now(),
    }
    return render(request, "privacy/console/requests.html", context)


@dashboard(Right.SEE_PEOPLE)
def one(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One request with all that was said; a POST by who may edit people is an act on it."""
    rows = requesting.of_customer(request.customer)
    row = get_object_or_404(rows.select_related("user__customer", "customer"), public_id=public_id)
    may_act = may(request.membership.role, Right.EDIT_PEOPLE) and not _is_own(request, row)
    form: Any = None
    if request.method == "POST":
        if not may_act:
            messages.error(request, _("Your role cannot decide about people's data."))
            return redirect("privacy_console:request", public_id)
        form = acting.act(row, request.POST, actor(request))
        if form is None:
            say(request, _("Done. The person sees it on their page."))
            return redirect("privacy_console:request", public_id)
    return render(request, "privacy/console/request.html", _context(row, may_act, form))


def _is_own(request: KumquatRequest, row: PrivacyRequest) -> bool:
    """Nobody decides about a request of their own."""
    return row.person == request.membership.user_id


def _context(row: PrivacyRequest, may_act: bool, failed: Any) -> dict[str, Any]:
    acts = showing.acts(row, Who.CUSTOMER) if may_act else set()
    return {
        "row": row,
        "told": showing.row(row),
        "entries": showing.entries(row),
        "evidence": [(one, _method(one.method)) for one in row.evidence.order_by("pk")],
        "needed": proving.needed(row),
        "grounds": showing.grounds(row),
        "value": row.new_value,
        "acts": acts,
        "forms": acting.forms_for(row, acts, failed),
        "failed": failed,
        "may_act": may_act,
        "data": subjects.data_of(row),
    }


def _method(key: str) -> Any:
    """What people call a method; its key where there is no such method any more."""
    return METHODS[key].label if key in METHODS else key


@dashboard(Right.EDIT_PEOPLE)
def ask(request: KumquatRequest, public_id: str, kind: str) -> HttpResponse:
    """Make a request for a person who asked the customer, with the customer's reference and how they are known."""
    person = user_of(request.customer, public_id)
    if kind not in Kind.values or kind == Kind.OBJECTION:
        raise Http404
    form = forms.AskForm(kind, request.POST if request.method == "POST" else None, for_them=True)
    vouching = acting.HowForm(request.POST if request.method == "POST" else None, prefix="vouch")
    context = {"person": person, "kind": kind, "label": Kind(kind).label, "form": form, "vouching": vouching}
    if request.method != "POST" or not (form.is_valid() and vouching.is_valid()):
        return render(request, "privacy/console/ask.html", context)
    by = actor(request)
    try:
        made = requesting.make(person, form.asked, by, channel=PrivacyRequest.Channel.CUSTOMER)
    except requesting.LastOwner:
        form.add_error(None, _("They are the only owner of an account. Another owner comes first."))
        return render(request, "privacy/console/ask.html", context)
    how = vouching.cleaned_data["how"]
    if how and made.request.state == State.EVIDENCE:
        proving.vouch(made.request, how, by)
    text = _("It was open already, and has your words now.") if made.is_joined else _("The request is made.")
    say(request, text)
    return redirect("privacy_console:request", made.request.public_id)


def of_user(request: KumquatRequest, user: User) -> dict[str, Any]:
    """The part of a user's page: their requests, and what can be asked for them."""
    mine = [showing.row(one) for one in requesting.open_of(user)[:LATEST]]
    kinds = [(kind, kind.label) for kind in Kind if kind is not Kind.OBJECTION]
    return {
        "privacy_requests": mine,
        "privacy_kinds": kinds,
        "privacy_person": user,
        "set_aside": SetAside.objects.filter(user=user).first() if user.restricted_at else None,
    }


@require_POST
@dashboard(Right.EDIT_PEOPLE)
def bring_back(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Use the data of a person again who was set aside for staying away."""
    if idling.bring_back(user_of(request.customer, public_id), actor(request)):
        say(request, _("Their data is in use again. They have 30 days to sign in."))
    return redirect("console:user", public_id)
