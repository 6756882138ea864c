"""What of a person staff see: masked, unless the customer or the person gave leave and staff said that they look."""

import time
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from accounts import names
from accounts.admin import columns
from accounts.models import User
from accounts.support import granting

SEEN_FOR = 15 * 60  # seconds that one look lasts; after that it is asked and recorded again
_SESSION = "unmasked"


def hidden(text: str) -> str:
    """A value so that one who knows it can tell it from others."""
    if not text:
        return ""
    return names.mask(text) if "@" in text or text.startswith("+") else f"{text[:1]}•••"


def look(request: HttpRequest, user: User) -> None:
    """Remember in this browser that its staff look at a person."""
    request.session[_SESSION] = {str(user.pk): int(time.time()) + SEEN_FOR}


def is_open(request: HttpRequest, user: User) -> bool:
    """Whether this browser's staff see a person in full: themselves, or by a look under a leave that still holds."""
    if user.pk == request.user.pk:
        return True
    looked = cast(dict[str, int], request.session.get(_SESSION, {})).get(str(user.pk), 0)
    return looked > time.time() and granting.covering(user) is not None


def line(name: str, label: Any) -> Callable[[Any, User], Any]:
    """A line of a person's page, masked unless the page was opened in full."""

    @admin.display(description=label)
    def shown(_self: Any, user: User) -> Any:
        text = user.get_full_name() if name == "full_name" else str(getattr(user, name) or "")
        return (text if getattr(user, "in_full", False) else hidden(text)) or columns.NOTHING

    return shown
