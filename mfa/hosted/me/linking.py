"""Ways to pages of other apps, shown to the person on the first page and to who proved a mailbox alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from mfa.contract import Words


@dataclass(frozen=True)
class OwnLink:
    """An address that takes the customer's slug, an icon, and what to say of it."""

    url_name: str
    icon: str
    title: Words
    text: Words


LINKS: list[OwnLink] = []

# What the first page says above all else: a template and its context, or nothing to say.
NOTES: list[Callable[[User], tuple[str, dict[str, Any]] | None]] = []
