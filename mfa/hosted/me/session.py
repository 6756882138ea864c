"""A session of its own for the person's own pages: another cookie than the members', and rows that know the person.

Below /me/ `request.session` is that session, so that messages and all that Django keeps in one land in the right one.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from accounts.sessions import SessionStore

BELOW = "/me/"


class OwnSessionMiddleware:
    """Puts the person's session in place of the member's below /me/, and saves it. Stands after Django's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(BELOW):
            return self.get_response(request)
        members, own = request.session, SessionStore(request.COOKIES.get(settings.ME_COOKIE_NAME))
        request.session = own
        try:
            response = self.get_response(request)
        finally:
            request.session = members
        return _saved(request, response, own)


def _saved(request: HttpRequest, response: HttpResponse, own: Any) -> HttpResponse:
    patch_vary_headers(response, ("Cookie",))
    if own.is_empty():
        if settings.ME_COOKIE_NAME in request.COOKIES:
            response.delete_cookie(settings.ME_COOKIE_NAME, samesite="Lax")
        return response
    if not own.modified or response.status_code >= 500:
        return response
    try:
        own.save()
    except UpdateError:  # it was ended in another window meanwhile
        response.delete_cookie(settings.ME_COOKIE_NAME, samesite="Lax")
        return response
    response.set_cookie(
        settings.ME_COOKIE_NAME,
        own.session_key,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
