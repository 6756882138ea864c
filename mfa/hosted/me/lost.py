"""The page for who has lost every way in: ask, learn what happens now, or call it off."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, limits, links_pages
from accounts.http import source_of
from accounts.limits import HOUR, Limit
from accounts.models import Link
from mfa.hosted import prompt_browser, steps
from mfa.hosted.me import access
from mfa.hosted.me.access import OwnRequest, actor, address, of_customer, own_page
from mfa.hosted.me.door import NameForm
from mfa.verbs import knocking, recovering


def register() -> None:
    """Make the link that cancels known."""
    over = gettext_lazy("It has ended already. Nobody gets a new beginning by it.")
    links_pages.register(recovering.ASKED, from_mail, over=over)


@require_http_methods(["GET", "HEAD", "POST"])
@of_customer
def ask(request: OwnRequest) -> HttpResponse:
    """Ask for a new beginning, by name. Whether we know the name is told to its owner alone (S21)."""
    half = access.half_in(request)
    name = half.person.username if half and half.person.restricted_at is None else ""
    form = NameForm(request.POST or None, initial={"username": name})
    context = {"customer": request.customer, "form": form, "home_url": address(request, "home")}
    if request.method != "POST" or not form.is_valid():
        return render(request, "hosted/me/lost.html", context)
    network = f"{request.customer.pk} {request.source.network_prefix}"
    over = limits.hit([Limit("recovery, network", network, 10, HOUR)])
    if over is not None:
        response = render(request, "hosted/me/lost.html", {**context, "error": steps.wait(over.wait)}, status=429)
        response.headers["Retry-After"] = str(over.wait)
        return response
    knocking.knock(request.customer, form.cleaned_data["username"], knocking.RECOVERY, prompt_browser.read(request))
    return render(request, "hosted/me/lost_asked.html", {**context, "hours": settings.RECOVERY_HOURS})


@require_POST
@own_page
def cancel(request: OwnRequest) -> HttpResponse:
    """Call it off, for who is in and so has not lost everything."""
    recovery = recovering.open_of(request.person)
    if recovery is not None:
        recovery.user = request.person
        recovering.cancel(recovery, actor(request))
        messages.success(request, _("It is called off. Nobody gets a new beginning by it."))
    return redirect(address(request, "home"))


def from_mail(request: HttpRequest, link: Link) -> HttpResponse:
    """The page behind the link in the notice: its POST calls the recovery off."""
    recovery = recovering.of_link(link)
    if recovery is None:
        return links_pages.over(request, link)
    context = {"customer": recovery.customer, "person": recovery.user, "recovery": recovery}
    if request.method != "POST":
        return render(request, "hosted/me/lost_cancel.html", context)
    recovering.cancel(recovery, audit.end_user(recovery.user, source_of(request)))
    links_pages.done(request)
    return render(request, "hosted/me/lost_cancelled.html", context)
