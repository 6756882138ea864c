"""The language a person reads: kept on their row, and in a cookie for pages before the sign-in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 86400


def remember(response: HttpResponse, language: str) -> None:
    """Show this browser every page in `language` from now on."""
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )


def suggest(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """The same, where nobody has chosen another language in this browser."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember(response, language)
