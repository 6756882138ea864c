"""Reads what is published about networks: countries out of a flat database, AS numbers out of tables of ranges."""

import csv
import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import maxminddb

from rba.places.writing import BITS, Network

Found = tuple[Network, Mapping[str, Any]]


def countries(path: Path) -> Iterator[Found]:
    """Each network with its country, as geoip2 wants it; a flat record is no use to it."""
    with maxminddb.open_database(path) as source:
        for network, record in source:
            if isinstance(record, dict) and record.get("country_code"):
                length = network.prefixlen + (96 if network.version == 4 else 0)
                yield (
                    (int(network.network_address), length),
                    {"country": {"iso_code": str(record["country_code"]).upper()}},
                )


def numbers(paths: Iterable[Path]) -> Iterator[Found]:
    """Each block with the number of its network, of tables with first address, last, number and name; IPv4 first.

    A range that begins before the last one ended counts from there on.
    """
    free = 0
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            for first, last, asn, *_name in csv.reader(lines):
                start, end = max(int(ipaddress.ip_address(first)), free), int(ipaddress.ip_address(last))
                record = {"autonomous_system_number": int(asn)}
                for block in blocks(start, end):
                    yield block, record
                free = max(free, end + 1)


def blocks(start: int, end: int) -> Iterator[Network]:
    """The fewest prefixes that make up a range, in order."""
    while start <= end:
        size = (start & -start).bit_length() - 1 if start else BITS
        size = min(size, (end - start + 1).bit_length() - 1)
        yield start, BITS - size
        start += 1 << size
