"""What rba puts into the dashboard."""

from django.utils.translation import gettext_lazy as _

from accounts.console.registry import ACTIONS, ENTRIES, Entry
from accounts.roles import Right
from rba.console import words


def register() -> None:
    """Make rba's own parts known; called once, when the app starts."""
    ENTRIES.append(Entry("people", _("Risk"), "activity", "rba_console:overview", Right.SEE_PEOPLE, 25))
    ENTRIES.append(Entry("setup", _("Risk policies"), "gauge", "rba_console:policies", Right.SEE_PEOPLE, 16))
    ACTIONS.update(words.ACTIONS)
