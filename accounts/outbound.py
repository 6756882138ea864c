"""The one client for addresses that customers choose: it goes to public places only (security.md S25).

A name is resolved once, every answer must be public, and the connection is made to just the address that was checked,
so that a name which points elsewhere a moment later gains nothing. TLS is checked against the name all the same. No
redirect is followed, nothing is read from the environment, and all of it takes five seconds and 64 kB at most.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore
from django.conf import settings

SECONDS = 5.0
MOST_BYTES = 64 * 1024
LONGEST = 500

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Iterable[str]]

# IPv6 networks whose addresses hold one of IPv4's, and the bit at which it begins
_HOLDING_IPV4 = (
    (ipaddress.IPv6Network("::/96"), 96),  # IPv4-compatible, long obsolete
    (ipaddress.IPv6Network("::ffff:0:0/96"), 96),  # IPv4-mapped
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 96),  # IPv4-translated (RFC 2765)
    (ipaddress.IPv6Network("64:ff9b::/96"), 96),  # NAT64 (RFC 6052)
    (ipaddress.IPv6Network("2002::/16"), 16),  # 6to4 (RFC 3056)
)
# Python calls some of these global
_NEVER = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64 inside a network (RFC 8215)
    ipaddress.IPv6Network("2001::/32"),  # Teredo
    ipaddress.IPv6Network("fec0::/10"),  # site-local, obsolete
    ipaddress.IPv6Network("3fff::/20"),  # documentation (RFC 9637)
    ipaddress.IPv6Network("5f00::/16"),  # segment routing (RFC 9602)
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4's relay, obsolete
)


class Refused(Exception):
    """The address is none that we call; `str()` of it says why, for whoever set it up."""


class Failed(Exception):
    """The call was not answered; `str()` of it names how it failed, and nothing of what was said."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the first 64 kB of the body, and how long to wait if it said so."""

    status: int
    body: bytes
    retry_after: str = ""


def resolve(host: str, port: int) -> Iterable[str]:
    """Every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def checked(url: str) -> SplitResult:
    """The parts of an address that we might call. Raises Refused for what can never be one; looks nothing up."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Refused("not an address")
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise Refused("not a port") from error
    if parts.scheme != "https":
        raise Refused("not https")
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise Refused("not an address")
    if _literal(parts.hostname) is not None and not is_public(parts.hostname):
        raise Refused("not a public address")
    if _literal(parts.hostname) is None and "." not in parts.hostname.strip("."):
        raise Refused("not a public name")
    return parts


def is_public(address: str) -> bool:
    """Whether an address is reachable for everybody: neither private nor special, also when IPv6 wraps IPv4."""
    parsed = _literal(address)
    if parsed is None:
        return False
    if any(parsed in network for network in _allowed()):
        return True
    if isinstance(parsed, ipaddress.IPv6Address):
        for network, start in _HOLDING_IPV4:
            if parsed in network:
                inner = int(parsed) >> (128 - start - 32) & 0xFFFFFFFF
                return is_public(str(ipaddress.IPv4Address(inner)))
    never = any(parsed in network for network in _NEVER)
    return parsed.is_global and not never and not parsed.is_multicast and not parsed.is_reserved


def post(url: str, body: bytes, headers: Mapping[str, str], *, resolver: Resolver = resolve) -> Answer:
    """Send a body to an address that a customer chose. Raises Refused, Failed.

    Any status is an answer, a redirect too.
    """
    parts = checked(url)
    host, port = parts.hostname or "", parts.port or 443
    target = _target(host, port, resolver)
    until = time.monotonic() + SECONDS
    pool = httpcore.ConnectionPool(
        ssl_context=_tls(), network_backend=_Pinned(target, until), max_connections=1, retries=0
    )
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    try:
        with pool, pool.stream("POST", url, headers=sent, content=body, extensions=_timeouts()) as response:
            return _read(response, until)
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise Failed("no answer in five seconds") from error
    except ssl.SSLError as error:
        raise Failed("TLS failed") from error
    except httpcore.ConnectError as error:
        raise Failed("TLS failed" if isinstance(error.__context__, ssl.SSLError) else "no connection") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise Failed("the connection broke") from error


def _target(host: str, port: int, resolver: Resolver) -> str:
    """The one address to connect to; every address of the name must be public."""
    literal = _literal(host)
    try:
        addresses = [str(literal)] if literal is not None else list(resolver(host, port))
    except (OSError, UnicodeError) as error:
        raise Failed("the name is not known") from error
    if not addresses:
        raise Failed("the name is not known")
    if not all(is_public(address) for address in addresses):
        raise Refused("not a public address")
    return addresses[0]


def _read(response: httpcore.Response, until: float) -> Answer:
    body = b""
    for part in response.iter_stream():
        body += part
        if len(body) >= MOST_BYTES or time.monotonic() > until:
            break
    named = {name.lower(): value for name, value in response.headers}
    retry_after = named.get(b"retry-after", b"")[:40].decode("ascii", "replace")
    return Answer(response.status, body[:MOST_BYTES], retry_after)


class _Pinned(httpcore.SyncBackend):
    """Connects to the address that was checked, whatever the name says by now; all of it within the time."""

    def __init__(self, address: str, until: float) -> None:
        self.address = address
        self.until = until

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Timed(super().connect_tcp(self.address, port, *args, **kwargs), self.until)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Refused("not a public address")


class _Timed(httpcore.NetworkStream):
    """A stream whose every step takes no longer than what is left of the time."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self.stream = stream
        self.until = until

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self._left())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, self._left()), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _timeouts() -> dict[str, Any]:
    return {"timeout": {"connect": SECONDS, "read": SECONDS, "write": SECONDS, "pool": SECONDS}}


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.OUTBOUND_CA_FILE or None)


def _allowed() -> list[Any]:
    """Networks of the operator's own that may be called although they are not public."""
    return [ipaddress.ip_network(network, strict=False) for network in settings.OUTBOUND_NETWORKS]


def _literal(text: str) -> Address | None:
    """The address that a text is, in the one spelling that there is for it; None for a name."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
