"""Where links in mails lead: the token leaves the address at once, then the page of the link's purpose is shown.

Mail scanners follow links, so GET and HEAD change nothing about a link; the page's own POST decides (security.md S18).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import links
from accounts.models import Link

Page = Callable[[Any, Link], HttpResponse]
Words = str | Promise
KEY = "link"  # in the session: the row's id, never the token


@dataclass(frozen=True)
class Purpose:
    """The page of one purpose; what to say and where to lead when such a link is over."""

    page: Page
    over: Words
    url_name: str
    action: Words


ASK_AGAIN = _("Go back to where you asked for it, and ask again.")
TO_FRONT = _("To the front page")
PURPOSES: dict[str, Purpose] = {}


def register(
    purpose: str,
    page: Page,
    *,
    over: Words = ASK_AGAIN,
    url_name: str = "front",
    action: Words = TO_FRONT,
) -> None:
    """Make a purpose known. Raises ValueError when it is taken."""
    if purpose in PURPOSES:
        raise ValueError(f"link purpose {purpose!r} is registered twice")
    PURPOSES[purpose] = Purpose(page, over, url_name, action)


def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: history, referrers and screenshots get the page's own address only."""
    found = links.find(token) if token.isascii() and token.isprintable() else None  # PostgreSQL refuses NUL
    if found is None:
        request.session.pop(KEY, None)  # writes nothing for who had no link: strangers make no rows by guessing
    else:
        request.session[KEY] = str(found.pk)
    return redirect("link_page")


def show(request: HttpRequest) -> HttpResponse:
    """The page of the link that this browser opened last, or what to do when there is none or it is over."""
    pk = request.session.get(KEY)
    link = Link.objects.select_related("customer", "user", "user__customer").filter(pk=pk).first() if pk else None
    if link is None or link.purpose not in PURPOSES or not links.is_open(link):
        return over(request, link)
    return PURPOSES[link.purpose].page(request, link)


def over(request: HttpRequest, link: Link | None) -> HttpResponse:
    """410: used, expired or unknown, and the next step."""
    purpose = PURPOSES.get(link.purpose) if link is not None else None
    is_ahead = link is not None and link.expires_at > timezone.now()  # what it was for is over before it is
    context = {
        "used_at": link.used_at if link is not None else None,
        "expired_at": link.expires_at if link is not None and not is_ahead else None,
        "is_ahead": is_ahead,
        "over": purpose.over if purpose else _("Open the link from the newest mail we sent you, the whole of it."),
        "next_url": reverse(purpose.url_name if purpose else "front"),
        "action": purpose.action if purpose else TO_FRONT,
    }
    return render(request, "public/link_over.html", context, status=410)


def done(request: HttpRequest) -> None:
    """Forget the link in this browser, once it was decided."""
    request.session.pop(KEY, None)
