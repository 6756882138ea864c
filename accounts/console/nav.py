"""What accounts itself puts into the dashboard: its entries, first steps, figures and words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.console import groups, limits, messages, start, words
from accounts.console.listing import MOST_COUNTED, bounded, figure, id_at, recently
from accounts.console.registry import (
    ACTIONS,
    ENTRIES,
    KINDS,
    STEPS,
    TILES,
    USER_SECTIONS,
    Entry,
    Step,
    Tile,
    UserSection,
)
from accounts.models import Customer, Message
from accounts.roles import Right


def register() -> None:
    """Make accounts' own parts known; called once, when the app starts."""
    ENTRIES.extend(
        [
            Entry("", _("Start"), "house", "console:start", Right.SEE, 0),
            Entry("people", _("Users"), "users", "console:users", Right.SEE_PEOPLE, 10),
            Entry("people", _("Groups"), "users-round", "console:groups", Right.SEE_PEOPLE, 15),
            Entry("people", _("Messages"), "mail", "console:messages", Right.SEE_PEOPLE, 30),
            Entry("setup", _("Sites and keys"), "globe", "console:sites", Right.SEE, 10),
            Entry("setup", _("API tokens"), "code", "console:tokens", Right.SEE_KEYS, 14),
            Entry("setup", _("Webhooks"), "send", "console:webhooks", Right.SEE_KEYS, 16),
            Entry("setup", _("Sending limits"), "gauge", "console:limits", Right.SEE, 20),
            Entry("setup", _("Settings"), "settings", "console:settings", Right.EDIT_ACCOUNT, 30),
            Entry("account", _("Team"), "user-cog", "console:team", Right.SEE, 10),
            Entry("account", _("Audit log"), "scroll-text", "console:audit", Right.SEE_AUDIT, 20),
            Entry("account", _("Support"), "life-buoy", "console:support", Right.ASK, 30),
        ]
    )
    STEPS.extend(
        [
            Step(_("Confirm your e-mail address"), "mail", start.confirm_step, Right.SEE, 10),
            Step(_("Connect your site"), "plug", start.connect_step, Right.EDIT_SITES, 20),
            Step(_("Send a test message"), "send", start.test_step, Right.HELP_PEOPLE, 30),
        ]
    )
    lost = "?state=undelivered"
    TILES.extend(
        [
            Tile(_("Messages not delivered"), undelivered, "console:messages", Right.SEE_PEOPLE, 30, lost),
            Tile(_("Left of your limits"), left, "console:limits", Right.SEE, 40),
        ]
    )
    USER_SECTIONS.append(UserSection("console/parts/user_groups.html", groups.section, Right.SEE_PEOPLE, 60))
    ACTIONS.update(words.ACTIONS)
    KINDS.update(words.KINDS)


def undelivered(customer: Customer) -> tuple[str, str | Promise]:
    """Messages of the last 24 hours that were refused, given up, or may not have arrived."""
    rows = Message.objects.filter(customer=customer, pk__gte=id_at(recently()), state__in=messages.UNDELIVERED)
    return bounded(rows[: MOST_COUNTED + 1].count()), _("in the last 24 hours")


def left(customer: Customer) -> tuple[str, str | Promise]:
    """What is left of the limit that is nearest its end."""
    bar = limits.tightest(customer)
    return ("–", _("cannot be told just now")) if bar is None else (figure(bar["left"]), bar["line"].label)
