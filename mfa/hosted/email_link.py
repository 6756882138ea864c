"""The page behind a mailed link: where and when the sign-in is from, Allow and Deny; only its POST decides."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import audit, links_pages
from accounts.http import source_of
from accounts.models import Link
from mfa import sent, verbs
from mfa.contract import Verdict
from mfa.models import Transaction


def register() -> None:
    """Make the purpose known."""
    links_pages.register(sent.LINK, page)


def page(request: HttpRequest, link: Link) -> HttpResponse:
    """Show the sign-in, or take the decision. Two answers of equal weight; neither is preset."""
    txn = _transaction(link)
    if txn is None:
        return links_pages.over(request, link)
    context: dict[str, Any] = {"txn": txn, "customer": txn.customer, "left": _seconds_left(txn)}
    answer = request.POST.get("answer")
    if request.method != "POST" or answer not in {"allow", "deny"}:
        return render(request, "hosted/email_link.html", context)
    judged = verbs.decide(link, answer == "allow", _by(request, txn))
    links_pages.done(request)
    if judged.verdict is not Verdict.PASSED:
        return links_pages.over(request, link)
    return render(request, "hosted/email_link_done.html", {**context, "allowed": answer == "allow"})


def _by(request: HttpRequest, txn: Transaction) -> audit.Actor:
    source = source_of(request)
    return audit.end_user(txn.user, source) if txn.user is not None else audit.stranger(source)


def _transaction(link: Link) -> Transaction | None:
    rows = Transaction.objects.select_related("customer", "site", "user", "authenticator")
    txn = rows.filter(customer=link.customer_id, public_id=link.about).first()
    return txn if txn is not None and txn.shown_state == Transaction.State.PENDING else None


def _seconds_left(txn: Transaction) -> int:
    return max(0, int((txn.expires_at - timezone.now()).total_seconds()))
