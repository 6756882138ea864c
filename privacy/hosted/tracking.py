"""The page behind the link that a mail to the published address is answered with: where its requests stand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import links_pages
from accounts.models import Link
from privacy import showing
from privacy.models import PrivacyRequest
from privacy.verbs import receiving


def register() -> None:
    """Make the link known."""
    over = gettext_lazy("It worked for three months. Write to us again, or ask where you sign in.")
    links_pages.register(receiving.TRACK, track, over=over)


def track(request: HttpRequest, link: Link) -> HttpResponse:
    """Where each stands, and where its person goes on: nothing that was written, and nothing that is held."""
    rows = [{**showing.row(one), "url": _url(one)} for one in receiving.requests_of(link)]
    return render(request, "hosted/privacy/track.html", {"rows": rows, "asked_at": link.created_at})


def _url(row: PrivacyRequest) -> str:
    if row.user is not None and (row.user.is_staff or row.user.memberships.exists()):
        return reverse("privacy_console:mine")
    return reverse("rights:request", args=[row.customer.slug, row.public_id])
