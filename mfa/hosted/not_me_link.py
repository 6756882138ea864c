"""The page behind a notice of a risky sign-in: "this was not me"; only its POST decides. The contrary needs a proof."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import audit, links, links_pages
from accounts.http import source_of
from accounts.models import Link
from mfa.verbs import notices, reporting
from rba import explain
from rba.models import RiskDecision


def register() -> None:
    """Make the purpose known."""
    links_pages.register(notices.RISKY, page)


def page(request: HttpRequest, link: Link) -> HttpResponse:
    """What was seen, and the one thing that can be said without signing in, since nobody is let in by it."""
    rows = RiskDecision.objects.select_related("customer", "site", "user", "user__customer")
    row = rows.filter(customer=link.customer_id, user=link.user_id, pk=link.about).first()
    if row is None:
        return links_pages.over(request, link)
    context = {"decision": row, "customer": row.customer, "why": explain.sentence(row)}
    if request.method != "POST":
        return render(request, "hosted/not_me_link.html", context)
    links_pages.done(request)
    if not links.spend(link):
        return links_pages.over(request, link)
    reporting.not_my_attempt(row.user, row, audit.end_user(row.user, source_of(request)))
    return render(request, "hosted/not_me_link_done.html", context)
