"""Problem details (RFC 9457): what a call of the API is answered when it cannot be done, in the language asked for."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its stable name, the status, and what it is called."""

    code: str
    status: int
    title: str | Promise


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("malformed", 400, _("The body cannot be read.")),
        Kind("not_usable", 400, _("Something in the call cannot be used.")),
        Kind("unauthenticated", 401, _("No token that works was shown.")),
        Kind("forbidden", 403, _("This token may not do that.")),
        Kind("consent_required", 403, _("This person has not agreed to the terms yet.")),
        Kind("suspended", 403, _("This account is suspended. Write to support.")),
        Kind("not_found", 404, _("There is nothing here.")),
        Kind("method_not_allowed", 405, _("This address does not take that method.")),
        Kind("conflict", 409, _("This does not fit what is there.")),
        Kind("in_flight", 409, _("A call with this Idempotency-Key is under way. Try again in a moment.")),
        Kind("replayed", 409, _("This response was right and has been used already.")),
        Kind("ended", 410, _("This transaction has ended, or never was.")),
        Kind("too_large", 413, _("The body is larger than 64 kB.")),
        Kind("not_json", 415, _("Send JSON: Content-Type: application/json.")),
        Kind("refused", 422, _("That cannot be done for this user now.")),
        Kind("wrong", 422, _("The response is wrong.")),
        Kind("key_reused", 422, _("This Idempotency-Key was used for another call.")),
        Kind("limited", 429, _("Too many calls. Wait as long as Retry-After says.")),
        Kind("failed", 500, _("The server failed. Nothing was done.")),
        Kind("busy", 503, _("The server is busy. Try again in a few seconds.")),
    )
}


def body(code: str, request: HttpRequest, detail: Any = "", **more: Any) -> dict[str, Any]:
    """The members of one problem; `more` are extension members (RFC 9457 §3.2)."""
    kind = KINDS[code]
    said = {
        "type": f"{settings.PUBLIC_URL}/api/v1/docs/#problem-{code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(detail or kind.title),
        "code": code,
        "request_id": getattr(request, "request_id", ""),
    }
    return said | {name: value for name, value in more.items() if value is not None}


def response(code: str, request: HttpRequest, detail: Any = "") -> JsonResponse:
    """A problem as an answer of its own, for what goes wrong outside a view."""
    return JsonResponse(body(code, request, detail), status=KINDS[code].status, content_type=CONTENT_TYPE)
