"""The scripted provider in place of every real one, real workers beside a real gateway, and rounds that begin anew."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts import gateways
from accounts.messages import turns
from accounts.models import WorkerHeartbeat
from tests.accounts.gateways.servers import HttpGateway
from tests.accounts.messages import kinds  # noqa: F401  # makes them known
from tests.accounts.messages.provider import Scripted
from tests.accounts.messages.running import Worker


@pytest.fixture(autouse=True)
def new_round() -> None:
    """No test goes on where another stopped."""
    turns._last_customer.clear()


@pytest.fixture
def provider(settings: Settings) -> Iterator[type[Scripted]]:
    """The scripted provider, for every channel, with a rested breaker."""
    settings.EMAIL_URL, settings.SMS_URLS, settings.VOICE_URLS = (
        "scripted://one",
        ["scripted://one"],
        ["scripted://one"],
    )
    gateways.gateway.cache_clear()
    Scripted.letters.clear()
    Scripted.answers.clear()
    yield Scripted


@pytest.fixture
def outbox_file(settings: Settings) -> Iterator[None]:
    """An empty outbox file."""
    settings.OUTBOX_FILE.unlink(missing_ok=True)
    yield
    settings.OUTBOX_FILE.unlink(missing_ok=True)


@pytest.fixture
def gateway():
    server = HttpGateway()
    yield server
    server.close()


@pytest.fixture
def start(gateway, tmp_path):
    workers = []

    def start(**env):
        WorkerHeartbeat.objects.all().delete()
        worker = Worker(gateway, tmp_path, **env)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.close()
