"""Kinds of message that only tests send; importing this makes them known, in a test's process and in its worker's."""

import os
import time
from pathlib import Path

from accounts.messages.kinds import Rendered, Withdrawn, register
from accounts.models import Message


def words(message: Message) -> Rendered:
    return Rendered(f"About {message.pk}", f"Text {message.body or ''}")


def poison(message: Message) -> Rendered:
    raise ZeroDivisionError("nora@site.example")


def withdrawn(message: Message) -> Rendered:
    raise Withdrawn


def slow(message: Message) -> Rendered:
    """Says that it has begun, and waits until it is told to go on: files in the folder that TESTS_GATE names."""
    gate = Path(os.environ["TESTS_GATE"])
    (gate / "begun").touch()
    while not (gate / "go on").exists():
        time.sleep(0.01)
    return words(message)


register("tests.words", words)
register("tests.code", words, is_code=True)
register("tests.body", words, has_body=True)
register("tests.poison", poison)
register("tests.withdrawn", withdrawn)
register("tests.slow", slow, is_code=True)
