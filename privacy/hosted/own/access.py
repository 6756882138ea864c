"""Who may ask about data: whoever is in, and whoever proved a mailbox, who is then shown nothing of what is held."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from mfa import policies
from mfa.hosted.me import access
from mfa.hosted.me.access import OwnRequest, of_customer
from privacy.models import PrivacyRequest

Page = Callable[..., HttpResponse]


def known(view: Page) -> Page:
    """Open a view for who is in, or proved a mailbox in the last ten minutes; everybody else goes to the door."""

    @wraps(view)
    @of_customer
    def guarded(request: OwnRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.is_in(request):
            half = access.half_in(request)
            if half is None:
                return redirect(access.with_next(access.address(request, "home"), request))
            request.person, request.rules = half[0], policies.effective(request.customer, user=half[0])
        return view(request, *args, **kwargs)

    return guarded


def is_half(request: OwnRequest) -> bool:
    """Whether a mailbox is all that was proven."""
    return access.whoever_is_in(request) is None


def method(request: OwnRequest) -> str:
    """By which method this session was opened."""
    half = access.half_in(request)
    return half[1] if half is not None else request.session.get("method", "")


def find(request: OwnRequest, public_id: str) -> PrivacyRequest:
    """One of the person's own requests; 404 for anybody else's and for none."""
    mine = PrivacyRequest.objects.filter(customer=request.customer, user=request.person).select_related("user")
    found: PrivacyRequest = get_object_or_404(mine, public_id=public_id)
    found.customer = found.user.customer = request.customer  # type: ignore[union-attr]  # found above
    return found


def show(request: OwnRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    told = {"customer": request.customer, "person": request.person, "is_half": is_half(request)}
    return render(request, f"hosted/own/{template}.html", {**told, **context}, status=status)


def address(request: OwnRequest, name: str, *args: str) -> str:
    return reverse(f"rights:{name}", args=[request.customer.slug, *args])
