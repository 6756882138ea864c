"""Leads the calls that sites' servers make past all that only pages need: sessions, languages, forms, messages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from mfa.compat.miniorange import urls

CALLS = "api/"  # of users and sign-ins; those of customers answer in a language, and pages have sessions
View = Callable[[HttpRequest], HttpResponse]


class ShortcutMiddleware:
    """Stands where the middleware begins that a signed call has no use for, and does the little of it that holds.

    A sixth of what a sign-in costs the web server was spent there (docs/decisions/0033). Any other address, and an
    exception, go their usual way.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        home = reverse("moas:login").removesuffix("login")
        here = ((str(one.pattern), one.callback) for one in urls.urlpatterns)
        self._views: dict[str, View] = {home + path: view for path, view in here if path.startswith(CALLS)}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self._views.get(request.path_info)
        if view is None:
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost for a name that is not this server's
        translation.activate(settings.LANGUAGE_CODE)  # whatever this thread spoke before
        response = view(request)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response
