"""What privacy puts into the dashboard."""

from django.utils.translation import gettext_lazy as _

from accounts.console.registry import ACTIONS, BANNERS, ENTRIES, KINDS, Entry
from accounts.roles import Right
from privacy.console import seen, words


def register() -> None:
    """Make privacy's own parts known; called once, when the app starts."""
    ENTRIES.append(Entry("privacy", _("Terms"), "file-text", "privacy_console:terms", Right.SEE, 20))
    ENTRIES.append(Entry("privacy", _("Data map"), "list-checks", "privacy_console:data", Right.SEE, 30))
    BANNERS.append(seen.banner)
    ACTIONS.update(words.ACTIONS)
    KINDS.update(words.KINDS)
