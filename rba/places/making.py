"""`make geo`: fetches the published tables with npm's client and makes the database that comes with us out of them."""

import lzma
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rba.places import reading, writing
from rba.places.writing import Sized

VERSION = "2.3.2026061719"  # the last but one figure group is the day of the data
COUNTRY = "@ip-location-db/geo-whois-asn-country-mmdb"  # NRO
ASN = "@ip-location-db/asn"  # Route Views, DB-IP, NRO
MADE_ON = datetime(2026, 6, 17, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
CREDITS = {
    "country": "Countries by the Number Resource Organization (nro.net), CC BY 4.0",
    "asn": "Networks by Route Views (routeviews.org), DB-IP (db-ip.com) and the NRO (nro.net), CC BY 4.0",
}


def main() -> None:
    """Fetch, make and compress; both files are replaced."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        country, asn = fetched(COUNTRY, work), fetched(ASN, work)
        made = work / "made.mmdb"
        source = country / "geo-whois-asn-country.mmdb"
        writing.write(made, reading.countries(source), _about("country", "Kumquat-Country"))
        _keep("country", made)
        tables = [asn / "asn-ipv4.csv", asn / "asn-ipv6.csv"]
        writing.write(made, reading.numbers(tables), _about("asn", "Kumquat-GeoLite2-ASN"))
        _keep("asn", made)


def fetched(package: str, work: Path) -> Path:
    """The contents of a package, unpacked below `work`."""
    command = ["npm", "pack", "--silent", f"{package}@{VERSION}"]
    done = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True)  # noqa: S603  # all ours
    name = done.stdout.split()[-1]
    into = work / name.removesuffix(".tgz")
    with tarfile.open(work / name) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def _about(kind: str, database_type: str) -> dict[str, object]:
    """geoip2 reads a database by the name of its type: it must hold "Country", or "GeoLite2-ASN"."""
    return {
        "database_type": database_type,
        "build_epoch": Sized(9, int(MADE_ON.timestamp())),
        "languages": ["en"],
        "description": {"en": CREDITS[kind]},
    }


def _keep(kind: str, made: Path) -> None:
    DATA.mkdir(exist_ok=True)
    (DATA / f"{kind}.mmdb.xz").write_bytes(lzma.compress(made.read_bytes(), preset=9))


if __name__ == "__main__":
    main()
