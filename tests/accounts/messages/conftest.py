"""The scripted provider in place of every real one, and kinds of message that only tests send."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts import gateways
from accounts.messages import kinds
from accounts.messages.kinds import Rendered
from accounts.models import Message
from tests.accounts.messages.provider import Scripted


def words(message: Message) -> Rendered:
    return Rendered(f"About {message.pk}", f"Text {message.body or ''}")


def poison(message: Message) -> Rendered:
    raise ZeroDivisionError("nora@site.example")


def withdrawn(message: Message) -> Rendered:
    raise kinds.Withdrawn


for _key, _render in (("tests.words", words), ("tests.poison", poison), ("tests.withdrawn", withdrawn)):
    kinds.register(_key, _render)
kinds.register("tests.code", words, is_code=True)
kinds.register("tests.body", words, has_body=True)


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
