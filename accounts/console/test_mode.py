"""Between live and test mode: the dashboard shows the customer itself, or the universe where things are tried out."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.roles import Right
from accounts.verbs.testing import test_customer


@require_POST
@dashboard(Right.SEE, of_test=False)
def leave(request: KumquatRequest) -> HttpResponse:
    """Back to the customer itself."""
    if request.session.pop("test", None) is not None:
        say(request, _("You are back in live mode."))
    return redirect("console:start")


@require_POST
@dashboard(Right.EDIT_SITES, of_test=False)
def enter(request: KumquatRequest) -> HttpResponse:
    """Into test mode, which is made at first use."""
    request.session["test"] = str(test_customer(request.customer, actor(request)).pk)
    return redirect("console:start")
