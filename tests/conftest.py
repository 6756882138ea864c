"""What every test starts from: an empty Valkey and short hashes."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from accounts import valkey


@pytest.fixture(autouse=True)
def empty_valkey(request: pytest.FixtureRequest) -> Iterator[None]:
    """No counts of another test's remain."""
    valkey.wake()
    valkey.client().flushdb()
    cache.clear()
    yield
