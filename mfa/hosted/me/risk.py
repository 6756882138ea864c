"""The person's own risk history: what is held, what follows when it is erased, and erasing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mfa.hosted.me.access import OwnRequest, actor, address, fresh, own_page
from mfa.verbs import forgetting, reporting
from rba import explain, own


@require_safe
@own_page
def risk(request: OwnRequest) -> HttpResponse:
    """What is usual for the person, in figures: of which kinds of data how much is held."""
    found = own.history(request.person)
    held = [(explain.label_of(level), number) for level, number in found.values.items()] if found is not None else []
    context = {"customer": request.customer, "history": found, "held": held, "now": timezone.now()}
    return render(request, "hosted/me/risk.html", context)


@own_page
@fresh
def erase(request: OwnRequest) -> HttpResponse:
    """What follows when it is erased; its POST erases, or begins the wait after a sign-in that looked risky."""
    if request.method != "POST":
        waits = own.must_wait(request.person, timezone.now())
        return render(request, "hosted/me/risk_erase.html", {"customer": request.customer, "waits": waits})
    ends = forgetting.erase_risk(request.person, reporting.best_of(request.person), actor(request))
    if ends is None:
        messages.success(request, _("Your risk history is erased. We ask for strong proof for two weeks."))
    else:
        messages.success(
            request, _("It is erased in three days, since a sign-in looked risky lately. You can call it off.")
        )
    return redirect(address(request, "risk"))


@require_POST
@own_page
def keep(request: OwnRequest) -> HttpResponse:
    """Call off an erasure that waits."""
    if own.keep(request.person, actor(request)):
        messages.success(request, _("Called off. Nothing is erased."))
    return redirect(address(request, "risk"))
