"""What every test starts from: an empty Valkey, and no language of another test's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from accounts import calls, valkey
from privacy import held_back


@pytest.fixture(autouse=True)
def empty_valkey(request: pytest.FixtureRequest) -> Iterator[None]:
    """No counts of another test's remain."""
    Path(settings.ERASURES_FILE).unlink(missing_ok=True)  # whose customers another test's database has not
    held_back.look_soon()
    calls.finish_noting()
    valkey.wake()
    valkey.client().flushdb()
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A page in Bokmål leaves its language with the thread; the next test starts without."""
    translation.deactivate()
