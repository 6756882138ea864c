"""Servers on the loopback, and a letter to hand over."""

from collections.abc import Iterator

import pytest

from accounts import gateways
from accounts.gateways.contract import Letter
from tests.accounts.gateways.servers import HttpGateway


@pytest.fixture(autouse=True)
def rested_breakers() -> None:
    gateways.gateway.cache_clear()


@pytest.fixture
def http_gateway() -> Iterator[HttpGateway]:
    server = HttpGateway()
    yield server
    server.close()


@pytest.fixture
def letter() -> Letter:
    return Letter(
        "0197@kumquat.example", "email", "nora@site.example", "Nordvik", "A code", "It is 012345", "<p>It</p>"
    )


@pytest.fixture
def text_message() -> Letter:
    return Letter("0197@kumquat.example", "sms", "+4790000123", "Nordvik", "", "It is 012345")
