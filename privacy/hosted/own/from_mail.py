"""The page behind the link in the notice of an erasure: its POST calls the erasure off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from accounts import audit, links_pages
from accounts.http import source_of
from accounts.models import Link
from privacy.models import PrivacyRequest
from privacy.moves import State
from privacy.verbs import deciding, requesting, telling


def register() -> None:
    """Make the link known."""
    over = gettext_lazy("It was called off already, or it has been carried out.")
    links_pages.register(telling.COOLING, cancel, over=over)


def cancel(request: HttpRequest, link: Link) -> HttpResponse:
    """Ask, then call it off. It needs no sign-in: who can stop an erasure by it does no harm that cannot be undone."""
    rows = PrivacyRequest.objects.filter(customer=link.customer, public_id=link.about, state=State.COOLING)
    row = rows.select_related("customer", "user").first()
    if row is None:
        return links_pages.over(request, link)
    context = {"customer": row.customer, "row": row}
    if request.method != "POST":
        return render(request, "hosted/own/cancel.html", context)
    try:
        deciding.cancel(row, audit.stranger(source_of(request)))
    except requesting.NotNow:  # carried out while the page was open
        return links_pages.over(request, link)
    links_pages.done(request)
    return render(request, "hosted/own/cancelled.html", context)
