"""Who asks for a new beginning: the list, and one of them, which a help desk approves or refuses with a reason."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console import listing
from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.console.registry import Words
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right
from mfa.console.helping import ReasonForm
from mfa.models import Recovery
from mfa.verbs import recovering


def waiting(customer: Customer) -> tuple[str, Words]:
    """A tile's figure: how many wait for the help desk's word."""
    rows = recovering.open_ones().filter(customer=customer, approved_at=None)
    return listing.bounded(rows[: listing.MOST_COUNTED + 1].count()), gettext_lazy("wait for your word")


@dashboard(Right.HELP_PEOPLE)
def recoveries(request: KumquatRequest) -> HttpResponse:
    """All of the last year, newest first."""
    page = listing.page(request, Recovery.objects.filter(customer=request.customer).select_related("user"))
    rows = [{"recovery": row, "state": _state(row)} for row in page.rows]
    return render(request, "mfa/console/recoveries.html", {"page": page, "rows": rows})


@dashboard(Right.HELP_PEOPLE)
def recovery(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One of them. Approving is a promise that the help desk knows who asks; the wait goes on beside it."""
    mine = Recovery.objects.filter(customer=request.customer).select_related("user__customer", "approved_by")
    row = get_object_or_404(mine, public_id=public_id)
    form = ReasonForm(request.POST or None)
    context = {"recovery": row, "person": row.user, "form": form, "state": _state(row)}
    if request.method != "POST" or not row.is_open or not form.is_valid():
        return render(request, "mfa/console/recovery.html", context)
    reason, by = form.cleaned_data["reason"], actor(request)
    if request.POST.get("act") == "refuse":
        done = recovering.refuse(row, reason, by)
        text = _("Refused. %(user)s is told, with your reason.")
    elif not row.user.email:
        return render(request, "mfa/console/recovery.html", context)
    else:
        done = recovering.approve(row, reason, by, request.user)
        text = _("Approved. The link goes to %(user)s once the wait is over.")
    say(request, text % {"user": row.user} if done else _("It had ended, or was approved already. Nothing changed."))
    return redirect("mfa_console:recovery", row.public_id)


def _state(row: Recovery) -> dict[str, Any]:
    """The badge that says how it stands."""
    if row.cancelled_at is not None:
        return {"tone": "idle", "text": _("Called off")}
    if row.refused_at is not None:
        return {"tone": "bad", "text": _("Refused")}
    if row.link_sent_at is not None:
        return {"tone": "good", "text": _("Link sent")}
    if row.expires_at <= timezone.now():
        return {"tone": "idle", "text": _("Expired")}
    if row.approved_at is not None:
        return {"tone": "info", "text": _("Approved, waits")}
    return {"tone": "warn", "text": _("Waits for your word")}
