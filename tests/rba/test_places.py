"""The databases of places: written so that geoip2 reads them, unpacked at first need, replaced only by good ones."""

import ipaddress
import os
from datetime import UTC, datetime

import geoip2.database
import geoip2.errors
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.http import Place
from rba import admin, geo
from rba.places import keeping, reading, writing
from rba.places.writing import Sized

KNOWN = ["8.8.8.8 US 15169", "193.0.6.139 NL 3333", "139.18.1.1 DE 680", "2001:4860:4860::8888 US 15169"]


def made(path, kind, networks, when=datetime(2026, 6, 17, tzinfo=UTC)):
    about = {"database_type": kind, "build_epoch": Sized(9, int(when.timestamp())), "languages": ["en"]}
    writing.write(path, networks, {**about, "description": {"en": "Of a test"}})
    return path


def block(text):
    found = ipaddress.ip_network(text)
    return int(found.network_address), found.prefixlen + (96 if found.version == 4 else 0)


def countries(*pairs):
    return [(block(network), {"country": {"iso_code": code}}) for network, code in pairs]


@pytest.fixture
def ours(settings, tmp_path):
    """An installation that unpacks what comes with us."""
    settings.PLACES, settings.VAR_DIR = True, tmp_path
    settings.GEOIP_CITY = settings.GEOIP_ASN = ""
    return tmp_path / "places"


def test_what_is_written_is_read_back_by_geoip2_in_both_versions(tmp_path):
    given = countries(("1.0.0.0/24", "AU"), ("1.0.1.0/24", "CN"), ("9.0.0.0/8", "US"), ("2001:db8::/33", "NO"))
    reader = geoip2.database.Reader(made(tmp_path / "c.mmdb", "Test-Country", given))

    found = {one: reader.country(one).country.iso_code for one in ("1.0.0.9", "1.0.1.255", "9.9.9.9", "2001:db8::1")}

    assert list(found.values()) == ["AU", "CN", "US", "NO"]
    for unknown in ("1.0.2.1", "10.0.0.1", "2001:db8:8000::1"):
        with pytest.raises(geoip2.errors.AddressNotFoundError):
            reader.country(unknown)


def test_a_range_becomes_the_fewest_blocks_and_overlaps_count_once(tmp_path):
    table = tmp_path / "asn.csv"
    table.write_text('1.0.0.0,1.0.2.127,1,"One, Inc."\n1.0.2.0,1.0.3.255,2,Two\n')

    found = [(start & 0xFFFFFFFF, length - 96, record) for (start, length), record in reading.numbers([table])]

    one, two = {"autonomous_system_number": 1}, {"autonomous_system_number": 2}
    assert [(str(ipaddress.ip_address(start)), length, record) for start, length, record in found] == [
        ("1.0.0.0", 23, one),
        ("1.0.2.0", 25, one),
        ("1.0.2.128", 25, two),
        ("1.0.3.0", 24, two),
    ]


@pytest.mark.product("risk-data-4")
def test_what_comes_with_us_is_unpacked_at_first_need_and_knows_the_world(ours):
    assert not ours.exists()

    for line in KNOWN:
        address, country, asn = line.split()
        spot = geo.spot_of(address)
        assert (spot.country, spot.asn) == (country, int(asn))
    assert geo.place_of("8.8.8.8") == Place("US", "AS15169")
    assert geo.spot_of("10.0.0.1") == geo.spot_of("240.0.0.1") == geo.Spot()
    assert sorted(os.listdir(ours)) == ["asn.mmdb", "country.mmdb"]
    assert all("as of 17 June 2026" in figure.value and not figure.trouble for figure in admin.read(timezone.now()))


@pytest.mark.product("risk-ask-7")
@pytest.mark.promise("S12")
def test_a_corrupt_database_is_told_and_nothing_is_known(ours):
    ours.mkdir()
    for kind in ("country", "asn"):
        (ours / f"{kind}.mmdb").write_bytes(b"\0" * 5000)

    assert geo.spot_of("8.8.8.8") == geo.Spot()
    assert all(figure.trouble for figure in admin.read(timezone.now()))


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_known(settings, tmp_path):
    settings.PLACES, settings.GEOIP_CITY, settings.GEOIP_ASN = True, "", ""
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.write_text("no folder")

    assert geo.spot_of("8.8.8.8") == geo.Spot()


@pytest.mark.product("risk-data-4")
@pytest.mark.parametrize("wrong", ["nothing", "kind", "unknown", "small"])
def test_a_database_that_is_not_good_is_not_used(ours, tmp_path, wrong):
    good = countries(("139.18.0.0/16", "DE"), ("193.0.0.0/16", "NL"))
    bad = tmp_path / "bad.mmdb"
    if wrong == "nothing":
        bad.write_bytes(b"not a database")
    elif wrong == "kind":
        made(bad, "Test-ASN", good)
    elif wrong == "unknown":
        made(bad, "Test-Country", good[:1])
    else:
        made(bad, "Test-Country", good)
        geo.spot_of("8.8.8.8")  # the one in use is large
    before = {path.name: path.read_bytes() for path in ours.glob("*")}

    with pytest.raises(CommandError):
        call_command("places", country=bad)

    assert {path.name: path.read_bytes() for path in ours.glob("*")} == before


@pytest.mark.product("risk-data-4")
def test_a_better_database_is_used_at_once_where_the_operator_keeps_theirs(settings, tmp_path, capsys):
    place, better = tmp_path / "mine.mmdb", tmp_path / "better.mmdb"
    known = countries(("139.18.0.0/16", "DE"), ("193.0.0.0/16", "NL"))
    made(place, "Test-Country", known)
    made(better, "Test-Country", [*countries(("9.0.0.0/8", "US")), *known], datetime(2026, 11, 1, tzinfo=UTC))
    settings.GEOIP_CITY, settings.GEOIP_ASN = str(place), ""
    assert geo.spot_of("9.9.9.9").country == ""

    call_command("places", country=better)

    assert geo.spot_of("9.9.9.9").country == "US"
    assert "country: 2026-11-01" in capsys.readouterr().out
    assert keeping.made_on(place) == datetime(2026, 11, 1, tzinfo=UTC)
