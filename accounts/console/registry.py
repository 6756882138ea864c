"""What apps add to the dashboard in `ready()`: navigation, first steps, tiles, and what is shown about a user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.http import KumquatRequest
from accounts.models import Customer, Group, Membership, User
from accounts.roles import Right

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """A line of the sidebar, shown to roles with `right`."""

    group: str
    label: Words
    icon: str
    url_name: str
    right: Right
    order: int = 50


@dataclass(frozen=True)
class Now:
    """How a first step stands: whether it is done, what to say of it, and where its button leads."""

    is_done: bool
    text: Words
    url: str = ""
    action: Words = ""
    is_post: bool = False


@dataclass(frozen=True)
class Step:
    """One of the first things to do, on the start page until it is done."""

    title: Words
    icon: str
    read: Callable[[Membership], Now]
    right: Right
    order: int = 50


@dataclass(frozen=True)
class Tile:
    """A figure of the overview. `read(customer)` gives (value, note); `query` narrows the list that it opens."""

    label: Words
    read: Callable[[Customer], tuple[str, Words]]
    url_name: str
    right: Right
    order: int = 50
    query: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the overview below the figures: a template and the function that gives its context."""

    template: str
    read: Callable[[KumquatRequest], dict[str, Any]]
    right: Right
    order: int = 50


@dataclass(frozen=True)
class Banner:
    """What every page tells a member until they have said that they read it (a POST to `done_url`)."""

    title: Words
    text: Words
    url: str
    link: Words
    done_url: str
    done: Words


@dataclass(frozen=True)
class UserSection:
    """A part of one user's page: a template and the function that gives its context."""

    template: str
    read: Callable[[KumquatRequest, User], dict[str, Any]]
    right: Right
    order: int = 50


@dataclass(frozen=True)
class UserColumn:
    """A column of the users list. `read(users)` gives the cell's text by user id, in one query for the whole page."""

    label: Words
    read: Callable[[list[User]], dict[Any, Words]]
    order: int = 50


@dataclass(frozen=True)
class UserFilter:
    """A choice above the users list: its name in the address, what may be chosen, what a choice leaves of the list."""

    name: str
    label: Words
    empty: Words
    choices: Callable[[], list[tuple[str, Words]]]
    apply: Callable[[QuerySet[User], str], QuerySet[User]]


@dataclass(frozen=True)
class SiteTab:
    """A tab of the pages about one site: its label, its key, and the page, which takes the site's public id."""

    label: Words
    tab: str
    url_name: str
    right: Right


ENTRIES: list[Entry] = []

# Where a member must go before any page of the dashboard: an address, or nothing.
GATES: list[Callable[[HttpRequest, Membership], str]] = []

# What is told of each page that a member opens.
VISITS: list[Callable[[KumquatRequest], None]] = []

# What puts the figures of the start page into another order for a member who wishes so.
ORDERS: list[Callable[[Membership, list[Tile]], list[Tile]]] = []

STEPS: list[Step] = []
TILES: list[Tile] = []
PANELS: list[Panel] = []
BANNERS: list[Callable[[KumquatRequest], Banner | None]] = []
USER_SECTIONS: list[UserSection] = []
USER_COLUMNS: list[UserColumn] = []
USER_FILTERS: list[UserFilter] = []
SITE_TABS: list[SiteTab] = []

# What goes when a user is deleted, in words such as "2 methods"; the page that asks shows it.
USER_HOLDINGS: list[Callable[[User], list[Words]]] = []

# What goes when a group is deleted, besides that its users are in it; the page that asks shows it.
GROUP_HOLDINGS: list[Callable[[Group], list[Words]]] = []

# What the list of messages calls each kind.
KINDS: dict[str, Words] = {}

# What the audit log calls each action.
ACTIONS: dict[str, Words] = {}

# What the audit log says for the value of a fact, by the fact's name.
FACTS: dict[str, Callable[[Any], Any]] = {}
