"""What mfa puts into the dashboard."""

from django.utils.translation import gettext_lazy as _

from accounts.console.registry import (
    ACTIONS,
    ENTRIES,
    FACTS,
    GROUP_HOLDINGS,
    KINDS,
    PANELS,
    SITE_TABS,
    STEPS,
    TILES,
    USER_COLUMNS,
    USER_FILTERS,
    USER_HOLDINGS,
    USER_SECTIONS,
    Entry,
    Panel,
    SiteTab,
    Step,
    Tile,
    UserColumn,
    UserFilter,
    UserSection,
)
from accounts.roles import Right
from mfa.console import parts, policy_words, recoveries, words
from mfa.console.sign_ins import method_label
from mfa.models import Transaction

State = Transaction.State
LIST = "mfa_console:sign_ins"
WAITING = "mfa_console:recoveries"


def register() -> None:
    """Make mfa's own parts known; called once, when the app starts."""
    ENTRIES.append(Entry("people", _("Sign-ins"), "log-in", LIST, Right.SEE_PEOPLE, 20))
    ENTRIES.append(Entry("setup", _("Policies"), "signpost", "mfa_console:policies", Right.SEE_PEOPLE, 15))
    GROUP_HOLDINGS.append(parts.group_holdings)
    ENTRIES.append(Entry("people", _("New beginnings"), "life-buoy", WAITING, Right.HELP_PEOPLE, 40))
    STEPS.append(Step(_("Protect your own sign-in"), "shield-check", parts.own_factor, Right.SEE, 40))
    approved, refused = parts.counting(State.APPROVED), parts.counting(*parts.REFUSED)
    TILES.append(Tile(_("Sign-ins"), approved, LIST, Right.SEE_PEOPLE, 10, "?outcome=approved"))
    TILES.append(Tile(_("Refused"), refused, LIST, Right.SEE_PEOPLE, 20, "?outcome=failed"))
    TILES.append(Tile(_("New beginnings"), recoveries.waiting, WAITING, Right.HELP_PEOPLE, 30))
    PANELS.append(Panel("mfa/console/attention.html", parts.attention, Right.SEE_PEOPLE, 10))
    USER_COLUMNS.append(UserColumn(_("Methods"), parts.methods_of, 10))
    USER_FILTERS.append(UserFilter("method", _("Method"), _("All methods"), parts.choices, parts.having))
    USER_SECTIONS.append(UserSection("mfa/console/user.html", parts.section, Right.SEE_PEOPLE, 10))
    SITE_TABS.append(SiteTab(_("Prompt"), "prompt", "mfa_console:prompt", Right.SEE_KEYS))
    USER_HOLDINGS.append(parts.holdings)
    ACTIONS.update(words.ACTIONS)
    FACTS["method"] = method_label
    FACTS["before"] = FACTS["after"] = policy_words.in_one_line
    KINDS.update(words.KINDS)
