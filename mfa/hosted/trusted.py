"""The cookie of a trusted device: one for each person and site, so that several can share a browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import crypto
from accounts.models import Site, User
from mfa.models import TrustedDevice

COOKIE = f"{settings.SESSION_COOKIE_NAME.removesuffix('session')}trust-"  # and whose and where, unreadably


def name(user: User, site: Site | None) -> str:
    """The name of the cookie for a person at a site, or on their own pages."""
    return COOKIE + crypto.keyed_hash("trust cookie", str(user.pk), str(site.pk) if site is not None else "")[:12]


def read(request: HttpRequest, user: User, site: Site | None) -> str:
    """The value that this browser came with, for `trusting.recognise`; empty without one."""
    return request.COOKIES.get(name(user, site), "")[:100]


def keep(response: HttpResponse, device: TrustedDevice, value: str) -> None:
    """Give the browser the value that it is to come with next."""
    response.set_cookie(
        name(device.user, device.site),
        value,
        max_age=max(0, int((device.expires_at - timezone.now()).total_seconds())),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponse, user: User, site: Site | None) -> None:
    """Let the browser forget a value that is worth nothing any more."""
    response.delete_cookie(name(user, site), samesite="Lax")
