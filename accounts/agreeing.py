"""Whether a person still has to agree to their customer's terms, and where; privacy puts in what it knows."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.audit import Actor
from accounts.models import Customer, Site, User


@dataclass
class Hooks:
    """What privacy does for lower apps; it puts its own functions here when it starts.

    `page(customer, username, site, next_path)` gives the whole address of the page that asks. `take_word(user, site,
    by)` records that a site says it has asked.
    """

    page: Callable[[Customer, str, Site | None, str], str]
    take_word: Callable[[User, Site | None, Actor], None]


_hooks: dict[str, Hooks] = {}


def install(hooks: Hooks) -> None:
    """Take up what privacy does."""
    _hooks["privacy"] = hooks


def is_missing(user: User, customer: Customer) -> bool:
    """Whether the customer has terms in force that the person has not agreed to."""
    return user.agreed_terms < customer.terms_needed


def sites_word_counts(user: User | None, customer: Customer) -> bool:
    """Whether it is enough that a site asks: the customer chose so, and the person has not taken their yes back."""
    return customer.sites_ask_terms and (user is None or user.terms_withdrawn_at is None)


def page(customer: Customer, username: str, site: Site | None = None, next_path: str = "") -> str:
    """Where a person of this name can agree: an address that tells nobody the name, good for an hour.

    `next_path` is a path of ours to which a yes leads on.
    """
    return _hooks["privacy"].page(customer, username, site, next_path)


def take_sites_word(user: User, site: Site | None, by: Actor) -> None:
    """Record as a site's own word that this person agreed to the terms in force."""
    _hooks["privacy"].take_word(user, site, by)
