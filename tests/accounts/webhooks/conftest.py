"""A receiver that may be called although it is no public place."""

import pytest

from accounts import outbound
from tests.accounts.webhooks.receiver import receiver


@pytest.fixture
def their(tmp_path, settings, monkeypatch):
    with receiver(tmp_path) as (one, authority):
        settings.OUTBOUND_NETWORKS = ["127.0.0.1/32"]
        settings.OUTBOUND_CA_FILE = authority
        outbound._tls.cache_clear()
        post = outbound.post
        monkeypatch.setattr(outbound, "post", lambda *args: post(*args, resolver=lambda _host, _port: ["127.0.0.1"]))
        yield one
    outbound._tls.cache_clear()
