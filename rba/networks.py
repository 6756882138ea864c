"""Which kind of network an address belongs to (Tor, proxy, hosting), by lists that the operator supplies."""

import ipaddress
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings

from rba.features.ip_address import parse

log = structlog.get_logger()
FARTHEST = 1 << 128


@dataclass(frozen=True)
class Listed:
    """One list: addresses as ranges that do not overlap, and numbers of networks."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    asns: frozenset[int]

    def has(self, number: int | None, asn: int | None) -> bool:
        if asn in self.asns:
            return True
        if number is None:
            return False
        place = bisect_right(self.starts, number) - 1
        return place >= 0 and number <= self.ends[place]


def kinds_of(address: str, asn: int | None) -> frozenset[str] | None:
    """The kinds of lists that an address stands on; None where no list is set up or one cannot be read."""
    if not settings.NETWORK_LISTS:
        return None
    read = {kind: _listed(path) for kind, path in settings.NETWORK_LISTS.items()}
    if None in read.values():
        return None
    parsed = parse(address)
    number = None if parsed is None else _number(parsed)
    return frozenset(kind for kind, listed in read.items() if listed is not None and listed.has(number, asn))


@cache
def _listed(path: str) -> Listed | None:
    """A file with one address, block or AS number a line, `#` for remarks; read once a process. None when it is bad."""
    try:
        return read(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.error("a list of networks cannot be read", path=Path(path).name, reason=str(error)[:120])
        return None


def read(text: str) -> Listed:
    """What a list says; raises ValueError, naming the line, for one that is neither block nor number."""
    ranges, asns = [], set()
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if entry.upper().startswith("AS") and entry[2:].isascii() and entry[2:].isdigit():
            asns.add(int(entry[2:]))
        elif entry:
            try:
                block = ipaddress.ip_network(entry, strict=False)
            except ValueError as error:
                raise ValueError(f"line {number}") from error
            ranges.append((_number(block.network_address), _number(block.broadcast_address)))
    joined: list[list[int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return Listed(tuple(one[0] for one in joined), tuple(one[1] for one in joined), frozenset(asns))


def _number(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    """Addresses of both kinds on one line: IPv4 behind all of IPv6."""
    return int(address) + (FARTHEST if address.version == 4 else 0)
