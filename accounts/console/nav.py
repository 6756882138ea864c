"""What accounts itself puts into the dashboard: its entries, first steps and figures."""

from django.utils.translation import gettext_lazy as _

from accounts.console import start
from accounts.console.registry import ENTRIES, STEPS, Entry, Step
from accounts.roles import Right


def register() -> None:
    """Make accounts' own parts known; called once, when the app starts."""
    ENTRIES.extend(
        [
            Entry("", _("Start"), "house", "console:start", Right.SEE, 0),
            Entry("people", _("Users"), "users", "console:users", Right.SEE_PEOPLE, 10),
            Entry("setup", _("Sites and keys"), "globe", "console:sites", Right.SEE, 10),
        ]
    )
    STEPS.extend(
        [
            Step(_("Confirm your e-mail address"), "mail", start.confirm_step, Right.SEE, 10),
            Step(_("Connect your site"), "plug", start.connect_step, Right.EDIT_SITES, 20),
            Step(_("Send a test message"), "send", start.test_step, Right.HELP_PEOPLE, 30),
        ]
    )
