"""What became of deletions: the list with its receipts, and what is said when a site brings an erased person back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.console import listing
from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.console.registry import Banner
from accounts.http import KumquatRequest
from accounts.models import ErasureRequest
from accounts.roles import Right, may
from accounts.verbs import people
from privacy.verbs import receipts


@dashboard(Right.SEE_PEOPLE)
def erasures(request: KumquatRequest) -> HttpResponse:
    """Every deletion, newest first: who asked, by which reference, and where it stands at the server and the sites."""
    page = listing.page(request, ErasureRequest.objects.filter(customer=request.customer).select_related("receipt"))
    rows = [_row(one) for one in page.rows]
    return render(request, "privacy/console/erasures.html", {"page": page, "rows": rows})


def _row(erasure: ErasureRequest) -> dict[str, Any]:
    receipt = getattr(erasure, "receipt", None)
    return {"erasure": erasure, "by": receipts.ASKERS.get(erasure.asked_by, erasure.asked_by), "receipt": receipt}


@require_POST
@dashboard(Right.EDIT_PEOPLE)
def returns_seen(request: KumquatRequest) -> HttpResponse:
    """A member has read that erased names were used again, and leaves them refused."""
    people.keep_refusing(request.customer, actor(request))
    say(request, _("The names stay refused."))
    return redirect("privacy_console:erasures")


def banner(request: KumquatRequest) -> Banner | None:
    """Says that somebody tries to bring an erased person back: a site that still has them, most likely."""
    if not may(request.membership.role, Right.EDIT_PEOPLE):
        return None
    row = people.returns(request.customer).select_related("request").first()
    if row is None:
        return None
    reference = row.request.reference if row.request else ""
    known = _("The deletion had the reference %(reference)s.") % {"reference": reference} if reference else ""
    words = _("We refused it, and keep refusing. Delete the person at the site too, or allow the name again.")
    return Banner(
        title=_("A site tried to bring back a person who was erased"),
        text=f"{words} {known}".strip(),
        url=reverse("console:user_allow"),
        link=_("Allow the name again"),
        done_url=reverse("privacy_console:returns_seen"),
        done=_("Keep refusing"),
    )
