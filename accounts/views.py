"""The front page, the operator's documents and the error pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounts import legal


def front(request: HttpRequest) -> HttpResponse:
    """What this is, and the two ways in."""
    return render(request, "public/front.html", {"hosting": settings.OPERATOR_HOSTING})


def about(request: HttpRequest) -> HttpResponse:
    """Whose work this is, under which licence, and that it is independent of those it works with."""
    return render(request, "public/about.html", {"hosting": settings.OPERATOR_HOSTING})


def document(request: HttpRequest, name: str) -> HttpResponse:
    """One of the operator's documents, with the hash that an agreement to it is proven by."""
    return render(request, "public/document.html", {"document": legal.current(name, get_language() or "en")})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
