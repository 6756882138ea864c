"""What every test starts from: an empty Valkey, and no language of another test's."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from accounts import calls, valkey


@pytest.fixture(autouse=True)
def empty_valkey(request: pytest.FixtureRequest) -> Iterator[None]:
    """No counts of another test's remain."""
    calls.finish_noting()
    valkey.wake()
    valkey.client().flushdb()
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A page in Bokmål leaves its language with the thread; the next test starts without."""
    translation.deactivate()
