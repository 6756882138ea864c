"""A cookie by which a browser that signed in before is known, so that strangers cannot lock its owner out (S20)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts import crypto
from accounts.ids import new_public_id

COOKIE = f"{settings.SESSION_COOKIE_NAME.removesuffix('session')}device"
DAYS = 90


def known_device(request: HttpRequest, name: str) -> str:
    """The id of this browser if someone of this canonical name signed in with it, else nothing."""
    device, _, proof = request.COOKIES.get(COOKIE, "")[:200].partition(".")
    return device if device and crypto.same(_proof(device, name), proof) else ""


def remember(response: HttpResponse, name: str) -> None:
    """Make this browser a known one for the person who just signed in. The cookie opens nothing by itself."""
    device = new_public_id()
    response.set_cookie(
        COOKIE,
        f"{device}.{_proof(device, name)}",
        max_age=DAYS * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _proof(device: str, name: str) -> str:
    return crypto.mac("known device", device, name).hex()
