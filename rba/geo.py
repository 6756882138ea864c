"""Where a network address is thought to be: geoip2 databases, the operator's own or those that come with us."""

import lzma
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import geoip2.database
import geoip2.errors
import geoip2.models
import maxminddb
import structlog
from django.conf import settings

from accounts.http import Place, locate
from rba.places import keeping

log = structlog.get_logger()
REMEMBERED = 60  # seconds


class Spot(NamedTuple):
    """A place and a network. Empty or None: it cannot be told."""

    country: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    asn: int | None = None


def spot_of(address: str) -> Spot:
    """All that the databases know of an address; empty where none is set up or none knows it. Never raises."""
    found, asn = _city(address), _asn(address)
    if found is None:
        return Spot(asn=asn)
    if isinstance(found, geoip2.models.City):
        point = found.location
        city = found.city.names.get("en", "")
        return Spot(found.country.iso_code or "", city, point.latitude, point.longitude, asn)
    return Spot(found.country.iso_code or "", asn=asn)


def place_of(address: str) -> Place:
    """Country and network of an address, in words for lists of sign-ins. Never raises.

    Remembered for a minute at most: a site's server calls from one address at every sign-in.
    """
    named = (settings.GEOIP_CITY, settings.GEOIP_ASN, settings.PLACES)
    return _place_of(address, int(time.monotonic() // REMEMBERED), *named)


@lru_cache(maxsize=512)
def _place_of(address: str, _minute: int, *_named: object) -> Place:
    found, asn = _city(address), _asn(address)
    return Place((found.country.iso_code or "") if found is not None else "", f"AS{asn}" if asn is not None else "")


def register() -> None:
    """Let accounts, which records where acts come from, ask here."""
    locate["by"] = place_of


def _city(address: str) -> geoip2.models.Country | None:
    """A City, which is a Country that knows more, or a Country."""
    reader = _opened("country")
    if reader is None:
        return None
    try:
        return reader.city(address) if reader.metadata().database_type.endswith("City") else reader.country(address)
    except (geoip2.errors.AddressNotFoundError, maxminddb.InvalidDatabaseError, ValueError):
        return None


def _asn(address: str) -> int | None:
    reader = _opened("asn")
    if reader is None:
        return None
    try:
        return reader.asn(address).autonomous_system_number
    except (geoip2.errors.AddressNotFoundError, maxminddb.InvalidDatabaseError, ValueError):
        return None


def path_of(kind: str) -> Path | None:
    """The database in use: what the operator names, else ours, unpacked at first need; None without any."""
    named: str = settings.GEOIP_CITY if kind == "country" else settings.GEOIP_ASN
    if named:
        return Path(named)
    if not settings.PLACES:
        return None
    place = keeping.default(kind)
    if not place.exists():
        keeping.unpack(kind)
    return place


def _opened(kind: str) -> geoip2.database.Reader | None:
    """The reader of a database; a file that was replaced is opened anew. None when it cannot be read."""
    try:
        path = path_of(kind)
        return None if path is None else _reader(str(path), path.stat().st_mtime_ns)
    except (OSError, lzma.LZMAError) as error:
        log.error("a database of places cannot be read", kind=kind, reason=type(error).__name__)
        return None


@lru_cache(maxsize=4)
def _reader(path: str, _changed: int) -> geoip2.database.Reader | None:
    """The database at a path, mapped once a process and change."""
    try:
        return geoip2.database.Reader(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.error("a database of places cannot be read", path=Path(path).name, reason=type(error).__name__)
        return None
