"""The banner about new versions above a member's pages, until they say that they have read it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.console.access import dashboard
from accounts.console.registry import Banner
from accounts.http import KumquatRequest
from accounts.roles import Right
from privacy import verbs


def banner(request: KumquatRequest) -> Banner | None:
    """What the member was told and has not read."""
    told = verbs.unseen(request.membership.user)
    if not told:
        return None
    text = verbs.text_in(told[0].version, get_language() or "")
    title = _("The privacy notice has changed")
    said = text.changes if text else ""
    return Banner(
        title, said, reverse("privacy_changes"), _("Read it"), reverse("privacy_console:seen"), _("I have read it")
    )


@require_POST
@dashboard(Right.SEE)
def seen(request: KumquatRequest) -> HttpResponse:
    """Note that the member has read it."""
    verbs.see(request.membership.user)
    return redirect("console:start")
