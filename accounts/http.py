"""What every request carries: an id for error pages and logs, and where it came from."""

import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import crypto
from accounts.models import Customer, Membership, Site, User

type_of_locator = Callable[[str], "Place"]


@dataclass(frozen=True)
class Place:
    """Where a network address is thought to be. Empty strings say "not known"."""

    country: str = ""
    network: str = ""


def _nowhere(address: str) -> Place:
    return Place()


# rba, which holds the database of places, puts its own function here when it starts.
locate: dict[str, type_of_locator] = {"by": _nowhere}


class Source:
    """Where a request came from; nothing is computed before it is asked for."""

    def __init__(
        self, address: str, user_agent: str = "", language: str = "", hints: Mapping[str, str] | None = None
    ) -> None:
        self.address = address
        self.user_agent = user_agent[:512]
        self.language = language[:200]
        self.hints = hints or {}

    @cached_property
    def place(self) -> Place:
        return locate["by"](self.address)

    @cached_property
    def network_prefix(self) -> str:
        """The /24 or /56 that limits count by, since one person can hold many addresses of it."""
        return prefix_of(self.address)

    @cached_property
    def address_hash(self) -> str:
        return crypto.keyed_hash("address", self.address) if self.address else ""


NOWHERE = Source("")


def prefix_of(address: str) -> str:
    """The /24 of an IPv4 or the /56 of an IPv6 address; the text itself when it is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))


def is_within(address: str, networks: list[str]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies nowhere."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)


def client_address(remote: str, forwarded: str) -> str:
    """The first untrusted hop from the right; forwarded headers count only behind a named proxy (security.md S12)."""
    address = _parse(remote)
    if address is None:
        return ""
    proxies = [ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES]
    hops = [hop.strip() for hop in forwarded.split(",")[-16:]] if forwarded else []
    while hops and any(address in network for network in proxies):
        candidate = _parse(hops.pop())
        if candidate is None:
            break
        address = candidate
    return str(address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class KumquatRequest(HttpRequest):
    """A request as our views see it; middleware and decorators fill in what they found."""

    request_id: str
    source: Source
    user: User
    customer: Customer
    membership: Membership
    site: Site  # type: ignore[assignment]  # Django's is of another app
    htmx: Any


class RequestMiddleware:
    """Gives each request an id and a source, and each answer the headers that all of them need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: KumquatRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(4).upper()
        request.source = SimpleLazyObject(lambda: source_of(request))  # type: ignore[assignment]  # lazy
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request.request_id)
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        if settings.SECURE_HSTS_SECONDS:  # by PUBLIC_URL, since TLS ends at a proxy
            headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """What no column can hold (NUL, say) came with the call, which is at fault; its transaction wrote nothing."""
        if isinstance(exception, DataError | ValidationError):
            raise BadRequest("a value that no column can hold") from exception


PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


# The client hints that browsers send without being asked
HINTS = {
    "brands": "HTTP_SEC_CH_UA",
    "platform": "HTTP_SEC_CH_UA_PLATFORM",
    "mobile": "HTTP_SEC_CH_UA_MOBILE",
}


def source_of(request: HttpRequest) -> Source:
    """The source of a request, from the connection and, behind a named proxy, from X-Forwarded-For."""
    meta = request.META
    address = client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", "")[-1024:])
    hints = {name: meta[header][:300] for name, header in HINTS.items() if header in meta}
    return Source(address, meta.get("HTTP_USER_AGENT", ""), meta.get("HTTP_ACCEPT_LANGUAGE", ""), hints)
