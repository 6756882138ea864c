"""The cookie that binds a visit to the browser that it was opened in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.http import source_of
from accounts.ids import new_public_id
from accounts.models import User
from mfa.verbs import visiting

COOKIE = f"{settings.SESSION_COOKIE_NAME.removesuffix('session')}prompt"
DAYS = 90  # as long as visits are kept: so long a browser is known to have signed in before
LENGTH = 22


def read(request: HttpRequest) -> str:
    """The cookie's value, empty without one of ours."""
    value = request.COOKIES.get(COOKIE, "")
    return value if len(value) == LENGTH and value.isascii() and value.isprintable() else ""


def visitor(request: HttpRequest, user: User, method: str) -> str:
    """The lane in which wrong answers count: the browser's own once the person was let in here, else its network's.

    So a stranger's guesses never keep somebody waiting in a browser that they use (security.md S20).
    """
    browser = read(request)
    if browser and visiting.has_lane(user.pk, visiting.hashed(browser), method):
        return f"browser {visiting.hashed(browser)}"
    return source_of(request).network_prefix


def of(request: HttpRequest) -> str:
    """The browser's value, a new one where it has none; `keep` gives it to the browser."""
    return read(request) or new_public_id()


def keep(response: HttpResponse, value: str) -> HttpResponse:
    """Give the browser its value. Lax, since sites lead into the prompt and Strict would lose it."""
    response.set_cookie(
        COOKIE, value, max_age=DAYS * 86400, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response
