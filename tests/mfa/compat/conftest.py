"""A connected site."""

import pytest

from tests.factories import ApiKeyFactory
from tests.mfa.compat.plugin import Plugin


@pytest.fixture
def key(db):
    return ApiKeyFactory()


@pytest.fixture
def plugin(key):
    return Plugin.of(key)
