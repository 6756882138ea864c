"""Who may ask about data: whoever is in, who proved a mailbox, who a site vouches for; the last two see little."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.audit import Actor
from accounts.models import User
from accounts.verbs.people import end_users
from mfa import policies
from mfa.hosted.me import access, proving
from mfa.hosted.me.access import HALF_SECONDS, OwnRequest, of_customer
from privacy.models import PrivacyRequest
from privacy.moves import Height
from privacy.verbs import proving as identifying
from privacy.verbs import vouching

Page = Callable[..., HttpResponseBase]
VOUCHED = "vouched"  # in the session: who, by which site or program, and when


def known(view: Page) -> Page:
    """Open a view for who is in, proved a mailbox or was vouched for in the last ten minutes; others go to the door."""

    @wraps(view)
    @of_customer
    def guarded(request: OwnRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.is_in(request):
            half = access.half_in(request)
            person = half.person if half is not None else _vouched(request)
            if person is None:
                return redirect(access.with_next(access.address(request, "home"), request))
            request.person, request.rules = person, policies.effective(request.customer, user=person)
        return view(request, *args, **kwargs)

    return guarded


def _vouched(request: OwnRequest) -> User | None:
    """Whom a site vouched for in this session, in the last ten minutes."""
    told = request.session.get(VOUCHED) or {}
    if timezone.now().timestamp() - told.get("at", 0) > HALF_SECONDS:
        return None
    found = end_users(request.customer).filter(pk=told["user"], disabled_at=None).first()
    if found is not None:
        found.customer = request.customer
    return found


def voucher(request: OwnRequest) -> Actor | None:
    """The site or program that vouches for this session, if one does."""
    if _vouched(request) is None:
        return None
    told = request.session[VOUCHED]
    return Actor(told["kind"], UUID(told["by"]), request.source)


def is_half(request: OwnRequest) -> bool:
    """Whether a mailbox or a site's word is all that there is."""
    return access.whoever_is_in(request) is None


def may_read(request: OwnRequest, row: PrivacyRequest) -> bool:
    """Whether what was written about a request, and its copy, is for whoever is here.

    For who is in, always, and for who proved a factor while their data is out of use. Who has nothing but a mailbox
    could never be in: for them it is a request that somebody who knows them vouched for. Who has a factor of their own
    proves that: a thief in their mailbox reads nothing.
    """
    if knows_well(request):
        return True
    return vouching.is_vouched_for(row) and not proving.strong_ways(request.person, request.rules)


def knows_well(request: OwnRequest) -> bool:
    """Whether whoever is here is in, or proved a factor of their own while their data is out of use."""
    if not is_half(request):
        return True
    return request.person.restricted_at is not None and identifying.height_of(method(request)) >= Height.FACTOR


def method(request: OwnRequest) -> str:
    """By which method this session was opened; nothing where a site vouches."""
    half = access.half_in(request)
    return half.method if half is not None else request.session.get("method", "")


def find(request: OwnRequest, public_id: str) -> PrivacyRequest:
    """One of the person's own requests; 404 for anybody else's and for none."""
    mine = PrivacyRequest.objects.filter(customer=request.customer, user=request.person).select_related("user")
    found: PrivacyRequest = get_object_or_404(mine, public_id=public_id)
    found.customer = found.user.customer = request.customer  # type: ignore[union-attr]  # found above
    return found


def show(request: OwnRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    told = {
        "customer": request.customer,
        "person": request.person,
        "is_half": is_half(request),
        "knows_well": knows_well(request),
        "is_apart": request.person.restricted_at is not None,
    }
    return render(
        request, f"hosted/own/{template}.html", {**told, "is_vouched": voucher(request), **context}, status=status
    )


def address(request: OwnRequest, name: str, *args: str) -> str:
    return reverse(f"rights:{name}", args=[request.customer.slug, *args])
