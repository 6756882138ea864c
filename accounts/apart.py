"""What is kept apart of somebody whose data is out of use, for what they ask of it themselves; privacy says how."""

from collections.abc import Callable

from accounts.models import User

Opener = Callable[[User], User]
_openers: dict[str, Opener] = {}


def install(opener: Opener) -> None:
    """Take up how privacy puts a person's name and addresses back, on a row in memory that nobody saves."""
    _openers["privacy"] = opener


def whole(user: User) -> User:
    """The person with what is kept apart of them; themselves where nothing is."""
    return _openers["privacy"](user) if user.restricted_at is not None else user
