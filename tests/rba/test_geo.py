"""Places are told where a database knows them, and never stop anything where none does."""

import pytest

from accounts.http import Place
from rba import geo


@pytest.mark.product("risk-ask-7")
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "no address", ""])
def test_without_a_database_nothing_is_known_and_nothing_fails(settings, address):
    settings.GEOIP_CITY = settings.GEOIP_ASN = ""

    assert geo.place_of(address) == Place()


def test_a_database_that_cannot_be_read_is_told_in_the_log_and_counts_as_none(settings, tmp_path):
    broken = tmp_path / "city.mmdb"
    broken.write_bytes(b"not a database")
    settings.GEOIP_CITY = str(broken)

    assert geo.place_of("192.0.2.1") == Place()
