"""Where the databases of places are kept: unpacked from what comes with us, or replaced by better ones after checks."""

import lzma
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import geoip2.database
import geoip2.errors
import maxminddb
import structlog
from django.conf import settings

log = structlog.get_logger()
PACKED = Path(__file__).parent / "data"
KINDS = {"country": ("Country", "City"), "asn": ("ASN",)}  # what the type of a database of that kind ends with
# Addresses that any database knows, and where they have been for decades
KNOWN = {"country": (("193.0.6.139", "NL"), ("139.18.1.1", "DE")), "asn": (("8.8.8.8", 15169), ("139.18.1.1", 680))}
SMALLER = 0.5  # of the size of the one in use: less is a broken download


class Unusable(ValueError):
    """A file that is no database to be used; the text says why."""


def default(kind: str) -> Path:
    """Where a database is kept that the operator names no place for."""
    return Path(settings.VAR_DIR) / "places" / f"{kind}.mmdb"


def unpack(kind: str) -> None:
    """Put what comes with us into its place, whole or not at all. Two at once do the same."""
    with lzma.open(PACKED / f"{kind}.mmdb.xz") as packed:
        _put(packed.read(), default(kind))
    log.info("a database of places was unpacked", kind=kind)


def replace(kind: str, source: Path) -> Path:
    """Use another database from now on, in the place that the operator named or in ours. Raises Unusable."""
    named = settings.GEOIP_CITY if kind == "country" else settings.GEOIP_ASN
    place = Path(named) if named else default(kind)
    check(kind, source, place)
    _put(source.read_bytes(), place)
    return place


def check(kind: str, source: Path, place: Path) -> None:
    """Raises Unusable unless a file opens, is of its kind, knows what is known and is not much smaller than `place`."""
    try:
        with geoip2.database.Reader(source) as reader:
            if not reader.metadata().database_type.endswith(KINDS[kind]):
                raise Unusable(f"its type is {reader.metadata().database_type}")
            wrong = [address for address, known in KNOWN[kind] if _told(reader, kind, address) != known]
    except (OSError, ValueError, maxminddb.InvalidDatabaseError, geoip2.errors.AddressNotFoundError) as error:
        raise Unusable(str(error) or type(error).__name__) from error
    if wrong:
        raise Unusable(f"it does not know {wrong[0]}")
    if place.exists() and source.stat().st_size < SMALLER * place.stat().st_size:
        raise Unusable("it is less than half the size of the one in use")


def made_on(path: Path) -> datetime | None:
    """When a database was made; None when it cannot be read."""
    try:
        with maxminddb.open_database(path) as reader:
            return datetime.fromtimestamp(reader.metadata().build_epoch, UTC)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        return None


def _told(reader: geoip2.database.Reader, kind: str, address: str) -> str | int | None:
    if kind == "asn":
        return reader.asn(address).autonomous_system_number
    is_city = reader.metadata().database_type.endswith("City")
    return (reader.city(address) if is_city else reader.country(address)).country.iso_code


def _put(content: bytes, place: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=place.parent, delete=False) as beside:
        beside.write(content)
    os.chmod(beside.name, 0o644)
    os.replace(beside.name, place)
