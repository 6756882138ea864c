"""What privacy puts into the dashboard."""

from accounts.console.registry import ACTIONS
from privacy.console import words


def register() -> None:
    """Make privacy's own parts known; called once, when the app starts."""
    ACTIONS.update(words.ACTIONS)
