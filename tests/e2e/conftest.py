"""One running server for all end-to-end tests, and a site that uses it."""

import itertools
from collections.abc import Iterator

import pytest

from tests.e2e.server import Server, running
from tests.e2e.wordpress import Site, confirm, register

numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist=loadgroup` they run in one process, so that one server is enough."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product in its demo, with its own PostgreSQL, Valkey, web server, workers and beat."""
    with running(tmp_path_factory.mktemp("kumquat")) as started:
        yield started


@pytest.fixture(scope="session")
def site(server: Server) -> Site:
    """A site whose owner, owner@shop.example, has registered through the plugin and confirmed the address."""
    made = register(server, "shop.example")
    confirm(server, "owner@shop.example")
    return made


@pytest.fixture
def name() -> str:
    """A person nobody has met."""
    return f"person{next(numbers)}@shop.example"


@pytest.fixture
def phone() -> str:
    return f"+47910{next(numbers):02}000"
