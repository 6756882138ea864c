"""The kinds of message: each app registers its own with a renderer, so that accounts sends what it does not know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Message


class Withdrawn(Exception):
    """There is nothing left to say: what the message was about has ended. The message expires unsent."""


@dataclass(frozen=True)
class Rendered:
    """What is handed to a provider. `html` is empty for text messages and calls.

    `stop_url` ends what is not needed at one POST, as RFC 8058 has it.
    """

    subject: str
    text: str
    html: str = ""
    stop_url: str = ""


Renderer = Callable[[Message], Rendered]


@dataclass(frozen=True)
class Kind:
    """A kind of message: its key, how it is rendered, and the seconds after which it is not worth sending.

    Codes go before everything else. A kind that `has_body` carries a text that cannot be derived.
    """

    key: str
    render: Renderer
    lasts: int
    is_code: bool = False
    has_body: bool = False


KINDS: dict[str, Kind] = {}


def register(key: str, render: Renderer, *, lasts: int = 86400, is_code: bool = False, has_body: bool = False) -> None:
    """Make a kind known. Raises ValueError when the key is taken."""
    if key in KINDS:
        raise ValueError(f"message kind {key!r} is registered twice")
    KINDS[key] = Kind(key, render, lasts, is_code, has_body)


def from_templates(template: str, **fixed: Any) -> Renderer:
    """A renderer for messages that need their context only: templates/messages/<template>.{subject.txt,txt,html}."""
    from accounts.messages import rendering

    return lambda message: rendering.render(template, message, **fixed)
