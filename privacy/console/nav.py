"""What privacy puts into the dashboard."""

from django.utils.translation import gettext_lazy as _

from accounts.console import account
from accounts.console.registry import (
    ACTIONS,
    BANNERS,
    ENTRIES,
    KINDS,
    ORDERS,
    TILES,
    USER_SECTIONS,
    VISITS,
    Entry,
    Tile,
    UserSection,
)
from accounts.roles import Right
from privacy.console import choices, erasures, jobs, mine, requests, seen, words


def register() -> None:
    """Make privacy's own parts known; called once, when the app starts."""
    queue = "privacy_console:requests"
    ENTRIES.append(Entry("privacy", _("Requests"), "inbox", queue, Right.SEE_PEOPLE, 10))
    TILES.append(Tile(_("Privacy requests"), requests.due, queue, Right.SEE_PEOPLE, 40))
    ENTRIES.append(Entry("privacy", _("Erasures on sites"), "server", "privacy_console:jobs", Right.SEE_PEOPLE, 15))
    TILES.append(Tile(_("Sites pending"), jobs.pending, "privacy_console:jobs", Right.SEE_PEOPLE, 45, "?show=pending"))
    USER_SECTIONS.append(UserSection("privacy/console/user.html", requests.of_user, Right.SEE_PEOPLE, 60))
    account.PARTS.append(mine.PART)
    account.CARDS.append(choices.PART)
    VISITS.append(choices.note)
    ORDERS.append(choices.in_order)
    ENTRIES.append(Entry("privacy", _("Terms"), "file-text", "privacy_console:terms", Right.SEE, 20))
    ENTRIES.append(Entry("privacy", _("Data map"), "list-checks", "privacy_console:data", Right.SEE, 30))
    ENTRIES.append(Entry("privacy", _("Erasures"), "trash-2", "privacy_console:erasures", Right.SEE_PEOPLE, 15))
    BANNERS.extend((seen.banner, erasures.banner))
    ACTIONS.update(words.ACTIONS)
    KINDS.update(words.KINDS)
