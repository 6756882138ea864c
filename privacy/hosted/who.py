"""A customer's public page: who handles the second factor here. Its embed address alone may be framed by anybody."""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.models import Customer
from privacy import mapping, texts, verbs

AGE = 300  # seconds for which others may keep a page that is about nobody


@require_safe
def who(request: HttpRequest, slug: str) -> HttpResponse:
    """The page itself, in the customer's language unless another is asked for."""
    customer = _customer(slug)
    with translation.override(_language(request, customer)):
        context = _context(customer) | {"groups": mapping.groups(end_users=True)}
        return _shared(render(request, "hosted/privacy/who.html", context))


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"], "script-src": ["'none'"], "form-action": ["'none'"]})  # type: ignore[arg-type]  # lists
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The short form that other pages may show in a frame: no script, no form, no cookie."""
    customer = _customer(slug)
    with translation.override(_language(request, customer)):
        response = _shared(render(request, "hosted/privacy/who_embed.html", _context(customer)))
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """The customer's terms in force, with what is new in them beside the version before."""
    customer = _customer(slug)
    language = _language(request, customer)
    with translation.override(language):
        shown = [(version, verbs.text_in(version, language)) for version in verbs.versions(customer)]
        now, before = (shown[0] if shown else (None, None)), (shown[1] if len(shown) > 1 else (None, None))
        context: dict[str, Any] = {"customer": customer, "version": now[0], "text": now[1], "language": language}
        if now[1]:
            context["html"] = texts.shown(now[1].body)
            context["pairs"] = texts.compare(before[1].body, now[1].body) if before[1] else []
        return _shared(render(request, "hosted/privacy/terms.html", context, status=200 if now[1] else 404))


def _customer(slug: str) -> Customer:
    """A customer that is there to be named; an unknown one is a 404 that names nobody."""
    return get_object_or_404(Customer, slug=slug, closed_at=None, confirmed_at__isnull=False)


def _language(request: HttpRequest, customer: Customer) -> str:
    """What the address asks for, else the customer's own: the page is its site's, not the browser's."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else customer.language


def _context(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "hosting": settings.OPERATOR_HOSTING,
        "subprocessors": settings.OPERATOR_SUBPROCESSORS,
        "recipients": mapping.recipients(end_users=True),
        "purposes": mapping.purposes(end_users=True),
        "has_terms": customer.terms_needed > 0,
        "languages": settings.LANGUAGES,
        "here": translation.get_language(),
    }


def _shared(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={AGE}"
    return response
