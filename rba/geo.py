"""Where a network address is thought to be: the geoip2 databases that the operator names, behind one function."""

from functools import cache

import geoip2.database
import geoip2.errors
import maxminddb
import structlog
from django.conf import settings

from accounts.http import Place, locate

log = structlog.get_logger()


def place_of(address: str) -> Place:
    """Country and network of an address; empty where no database is set up or none knows it. Never raises."""
    return Place(_country(address), _network(address))


def register() -> None:
    """Let accounts, which records where acts come from, ask here."""
    locate["by"] = place_of


def _country(address: str) -> str:
    reader = _reader(settings.GEOIP_CITY)
    if reader is None:
        return ""
    try:
        found = reader.city(address) if reader.metadata().database_type.endswith("City") else reader.country(address)
    except (geoip2.errors.AddressNotFoundError, ValueError):
        return ""
    return found.country.iso_code or ""


def _network(address: str) -> str:
    reader = _reader(settings.GEOIP_ASN)
    if reader is None:
        return ""
    try:
        found = reader.asn(address)
    except (geoip2.errors.AddressNotFoundError, ValueError):
        return ""
    return f"AS{found.autonomous_system_number}"


@cache
def _reader(path: str) -> geoip2.database.Reader | None:
    """The database at a path, mapped once a process; None when none is named or it cannot be read."""
    if not path:
        return None
    try:
        return geoip2.database.Reader(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.error("a database of places cannot be read", path=path, reason=type(error).__name__)
        return None
