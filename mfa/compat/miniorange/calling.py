"""One call of the dialect: who may make it, its body, its answer, and the line it leaves in the site's log."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts import audit, calls, limits, replay
from accounts.audit import Actor
from accounts.http import Source, source_of
from accounts.limits import Limit
from accounts.models import Customer, Site
from accounts.signing import Caller, Unsigned, identify
from accounts.verbs import seen_connected
from mfa.compat.miniorange.parsing import LONGEST, MOST_BYTES, Body, Malformed, parse

Reply = dict[str, Any]

# Who may make a call
SIGNED = "signed"  # a site, with its customer's number and its own key
PUBLIC = "public"  # a published pair, which may do no more than protocol.md §1 lists
KEYLESS = "keyless"  # an old client that has no key yet, and signs with none
UNSIGNED = "unsigned"  # nobody in particular


@dataclass
class Call:
    """What an endpoint gets: the caller, the body, and helpers that stop it with the dialect's own words."""

    request: HttpRequest
    body: Body
    source: Source
    caller: Caller | None = None
    reason: str = ""
    afterwards: Callable[[], None] | None = None  # what is written even when the call is stopped

    @property
    def customer(self) -> Customer:
        if self.caller is None or self.caller.customer is None:
            raise Stop("ERROR", "This call needs your own key.", "forbidden", 401)
        return self.caller.customer

    @property
    def site(self) -> Site:
        if self.caller is None or self.caller.site is None:
            raise Stop("ERROR", "This call needs your own key.", "forbidden", 401)
        return self.caller.site

    @property
    def is_public(self) -> bool:
        return self.caller is None or self.caller.is_public

    @property
    def by(self) -> Actor:
        if self.caller is None or self.caller.site is None:
            return audit.stranger(self.source)
        return audit.site(self.caller.site, self.source)

    @property
    def use(self) -> replay.Use | None:
        """What the signature was used for, if a customer's key made it."""
        if self.caller is None or self.caller.customer is None:
            return None
        return replay.use_of(self.caller.customer, self.caller.timestamp, self.request.path, self.request.body)

    def once(self, *, shared: bool = False, harmless: bool = False) -> None:
        """Stop a call that was made before; to be called inside the transaction that acts (security.md S13).

        `harmless`: the same call with the same body may come again, as a client that retries sends it.
        """
        if self.caller is None or self.caller.customer is None:
            return
        signed = (self.caller.customer, self.caller.timestamp, self.request.path, self.request.body)
        if not shared:
            calls.finish_noting()  # so that what was answered a moment ago counts
            if replay.was_used_otherwise(*signed):
                raise Stop("ERROR", "This timestamp was used for another call. Make a new one.", "again")
        seen = replay.note(*signed, shared=shared)
        if seen is replay.Seen.OTHER_BODY or (seen is replay.Seen.AGAIN and not harmless):
            raise Stop("ERROR", "This signed call was made already. Make a new one with a new timestamp.", "again")

    def limited(self, *rules: Limit) -> None:
        """Count a call against limits and stop it when one is exceeded."""
        exceeded = limits.hit(rules)
        if exceeded:
            raise Stop("ERROR", f"Too many calls. Try again in {exceeded.wait} seconds.", "limit")


class Stop(Exception):
    """Ends a call with a refusal; `reason` is its key in the site's log (accounts.calls.WORDS)."""

    def __init__(self, status: str, message: str, reason: str = "failed", http: int = 200) -> None:
        super().__init__(message)
        self.reply: Reply = {"status": status, "message": message}
        self.reason, self.http = reason, http


Endpoint = Callable[[Call], Reply | HttpResponse]


def endpoint(
    *who: str, cors: bool = False, longest: int = LONGEST, needs_body: bool = True
) -> Callable[[Endpoint], Callable[..., HttpResponse]]:
    """Turn a function of a Call into a view: POST only, strict JSON, the caller checked, every outcome logged.

    Refusals are HTTP 200, since most clients read only the body; 4xx tells what no client of theirs sends. `longest`
    is the length of a text in it; without `needs_body` it is not read.
    """

    def decorate(function: Endpoint) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(function)
        def view(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS" and cors:
                return _open_to_all(HttpResponse(status=204))
            if request.method != "POST":
                return JsonResponse({"status": "ERROR", "message": "Use POST."}, status=405, headers={"Allow": "POST"})
            response = _answer(request, function, who, longest if needs_body else 0)
            return _open_to_all(response) if cors else response

        view.who = who  # type: ignore[attr-defined]  # the route test reads it
        return view

    return decorate


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "content-type, charset, authorization"
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _answer(request: HttpRequest, function: Endpoint, who: tuple[str, ...], longest: int) -> HttpResponse:
    began = time.perf_counter()
    call = Call(request, Body({}), getattr(request, "source", None) or source_of(request))
    identified = None if who == (UNSIGNED,) else identify(request)
    try:
        _admit(call, identified, who)
        call.body = Body(parse(_raw(request), longest) if longest else {})
        _same_number(call)
        reply = function(call)
        http = 200
    except Stop as stop:
        reply, call.reason, http = stop.reply, stop.reason, stop.http
    except Malformed as error:
        reply, call.reason, http = {"status": "ERROR", "message": str(error)}, "malformed", error.status
    if call.afterwards is not None:
        call.afterwards()
    if SIGNED in who:
        _log(call, identified, reply, began)
    return reply if isinstance(reply, HttpResponse) else JsonResponse(reply, status=http)


def _raw(request: HttpRequest) -> bytes:
    """The body, unless it says itself that it is too large to be read."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError as error:
        raise Malformed("Content-Length is not a number.") from error
    if length > MOST_BYTES:
        raise Malformed("The body is larger than 64 kB.", 413)
    return request.body


def _admit(call: Call, identified: Caller | Unsigned | None, who: tuple[str, ...]) -> None:
    """Stop a caller who may not make this call; note the one who may, and a site's first signed call."""
    if identified is None:
        return
    if isinstance(identified, Unsigned):
        if UNSIGNED in who and identified.reason == "missing":
            return
        raise Stop("ERROR", _SIGNATURE[identified.reason], identified.reason, 401)
    _must_be_among(identified, who)
    call.caller = identified
    if identified.site is not None and identified.site.connected_at is None:
        seen_connected(identified.site, audit.site(identified.site, call.source))


def _must_be_among(caller: Caller, who: tuple[str, ...]) -> None:
    if caller.is_keyless and KEYLESS not in who:
        raise Stop("ERROR", "The call is not signed.", "missing", 401)
    if caller.is_public and PUBLIC not in who:
        raise Stop("ERROR", "This call needs your own key.", "forbidden", 401)
    if not caller.is_public and SIGNED not in who:
        raise Stop("ERROR", "This call is made before there is a key.", "forbidden", 401)
    if caller.customer is not None and caller.customer.suspended_at is not None:
        raise Stop("ERROR", "This account is suspended. Write to support.")


_SIGNATURE = {
    "missing": "The call is not signed.",
    "clock": "The timestamp differs from our time by more than five minutes.",
    "key": "The signature does not match the key.",
    "customer": "The signature does not match the key.",
}


def _same_number(call: Call) -> None:
    """A customer's number in the body must be the one that signed."""
    if call.caller is None or call.caller.customer is None:
        return
    for name in ("customerKey", "customerId"):
        given = call.body.digits(name)
        if given and given != str(call.caller.customer.number):
            raise Stop("ERROR", f"{name} is not the number that signed this call.", "key")


def _log(call: Call, identified: Caller | Unsigned | None, reply: Reply | HttpResponse, began: float) -> None:
    facts = calls.connector_facts(call.request.headers.get("X-Kumquat-Connect", ""))
    auth_type = call.body.values.get("authType")
    ok = not isinstance(reply, dict) or reply["status"] not in {"ERROR", "FAILED", "ALREADY_USED"}
    if not ok and call.reason == "unknown_user" and facts.get("mode") == "onprem":
        call.reason = "mode"
    line = calls.Call(
        at=calls.now(),
        path=call.request.path.removeprefix("/moas/"),
        auth_type=auth_type[:40] if isinstance(auth_type, str) else "",
        ok=ok,
        reason="" if ok else call.reason or "failed",
        milliseconds=round((time.perf_counter() - began) * 1000),
        plugin=facts.get("plugin", ""),
        connector=facts.get("version", ""),
        mode=facts.get("mode", ""),
    )
    customer_id = None
    if isinstance(identified, Unsigned) and identified.number.isascii() and identified.number.isdigit():
        found = Customer.objects.filter(number=int(identified.number[:18])).values_list("pk", flat=True).first()
        customer_id = found
    calls.note(line, call.caller, customer_id, facts.get("users-on-site", ""), call.use)


P = ParamSpec("P")
R = TypeVar("R")


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run (part of) an endpoint in one database transaction; a Stop rolls it back, its replay note included."""
    return wraps(function)(transaction.atomic(function))
