"""The front page, the operator's documents and the error pages."""

import sys

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language

from accounts import calls, gone, legal, problems
from accounts.models import Customer
from accounts.passwords import Busy

DIALECT = "/moas/"
BUSY, FAILED = "The server is busy. Try again in a few seconds.", "The server failed. Nothing was done."
WRONG_HOST = "This server does not go by the host name of this call."


def front(request: HttpRequest) -> HttpResponse:
    """What this is, and the two ways in."""
    return render(request, "public/front.html", {"hosting": settings.OPERATOR_HOSTING})


def about(request: HttpRequest) -> HttpResponse:
    """Whose work this is, where its source is (AGPL-3.0 §13), and that it is independent of those it works with."""
    context = {"hosting": settings.OPERATOR_HOSTING, "source_url": settings.SOURCE_URL}
    return render(request, "public/about.html", context)


def document(request: HttpRequest, name: str) -> HttpResponse:
    """One of the operator's documents, with the hash that an agreement to it is proven by."""
    return render(request, "public/document.html", {"document": legal.current(name, get_language() or "en")})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. A site that calls us by another name than ours is told so, and so is its list of calls."""
    wrong_host = isinstance(exception, DisallowedHost)
    if _is_api(request):
        return problems.response("not_usable", request, WRONG_HOST if wrong_host else "")
    if wrong_host and request.path.startswith(DIALECT):
        _note_wrong_host(request)
        return JsonResponse({"status": "ERROR", "message": WRONG_HOST}, status=400)
    return render(request, "errors/400.html", status=400)


def _note_wrong_host(request: HttpRequest) -> None:
    """Whose call it was is told by its number alone: nothing of it is believed beyond that."""
    number = request.headers.get("Customer-Key", "").strip()
    if number.isascii() and number.isdigit() and len(number) <= 18:
        customer = Customer.objects.filter(number=int(number)).values_list("pk", flat=True).first()
        path = request.path.removeprefix(DIALECT)[:80]
        line = calls.Call(at=calls.now(), path=path, auth_type="", ok=False, reason="host", milliseconds=0)
        calls.note(line, None, customer)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problems.response("not_found", request)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when waiting helps and nothing was done: the database or a turn was not to be had, or a row went.

    Django calls this while the exception is being handled. The pages read nothing from the database.
    """
    error = sys.exception()
    wait = isinstance(error, OperationalError | InterfaceError | Busy) or gone.is_gone(error)
    return plain(request, 503, "busy", BUSY, wait=5) if wait else plain(request, 500, "failed", FAILED)


def plain(
    request: HttpRequest,
    status: int,
    code: str,
    words: str,
    *,
    page: str = "",
    wait: int = 0,
    detail: str | Promise = "",
) -> HttpResponse:
    """An answer that reads nothing from the database, in the form that whoever calls can read; `words` are a site's."""
    if _is_api(request):
        response: HttpResponse = problems.response(code, request, detail)
    elif request.path.startswith(DIALECT):
        response = JsonResponse({"status": "ERROR", "message": words}, status=status)
    else:
        told = {"request_id": getattr(request, "request_id", "")}
        response = HttpResponse(render_to_string(page or f"errors/{status}.html", told), status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
