"""What apps add to the dashboard in `ready()`: navigation, tiles of the start page, columns and sections about a user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.models import Customer, User
from accounts.roles import Right

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """A line of the sidebar. `url_name` is the page, `prefix` what its family of url names begins with."""

    group: str
    label: Words
    icon: str
    url_name: str
    right: Right
    order: int = 50


@dataclass(frozen=True)
class Tile:
    """A figure of the overview. `read(customer)` gives (value, note)."""

    label: Words
    read: Callable[[Customer], tuple[str, Words]]
    url_name: str
    right: Right
    order: int = 50


@dataclass(frozen=True)
class UserSection:
    """A part of one user's page: a template and the function that gives its context."""

    template: str
    read: Callable[[HttpRequest, User], dict[str, Any]]
    right: Right
    order: int = 50


@dataclass(frozen=True)
class UserColumn:
    """A column of the users list. `read(users)` gives the cell's text by user id, in one query for the whole page."""

    label: Words
    read: Callable[[list[User]], dict[Any, Words]]
    order: int = 50


ENTRIES: list[Entry] = []
TILES: list[Tile] = []
USER_SECTIONS: list[UserSection] = []
USER_COLUMNS: list[UserColumn] = []
