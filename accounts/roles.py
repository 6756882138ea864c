"""What each role may do in a customer's dashboard: one matrix that views, the team page and the test share."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.models import Role


class Right(StrEnum):
    """One thing that a member may or may not do."""

    SEE = "see"  # pages without personal data of others: start, sites, limits
    SEE_PEOPLE = "see_people"  # users, transactions, messages
    HELP_PEOPLE = "help_people"  # reset a method, let in once, send again
    EDIT_PEOPLE = "edit_people"  # add, edit, disable, delete
    EXPORT = "export"  # CSV
    SEE_KEYS = "see_keys"  # show, rotate and revoke keys; the plugin password
    EDIT_SITES = "edit_sites"
    EDIT_TEAM = "edit_team"
    EDIT_ACCOUNT = "edit_account"  # name, codes, limits for countries
    EDIT_POLICY = "edit_policy"  # what is asked of whom
    EDIT_RISK = "edit_risk"  # what is done about risky sign-ins
    SEE_AUDIT = "see_audit"
    ASK = "ask"  # support tickets
    CLOSE = "close"  # give up the account, hand over ownership


LABELS = {
    Right.SEE: _("See sites and sending limits"),
    Right.SEE_PEOPLE: _("See users, sign-ins and messages"),
    Right.HELP_PEOPLE: _("Help someone who lost a phone"),
    Right.EDIT_PEOPLE: _("Add, edit, disable and delete users"),
    Right.EXPORT: _("Download lists"),
    Right.SEE_KEYS: _("Show and rotate keys"),
    Right.EDIT_SITES: _("Add and edit sites"),
    Right.EDIT_TEAM: _("Invite members and set their roles"),
    Right.EDIT_ACCOUNT: _("Change the account's settings"),
    Right.EDIT_POLICY: _("Write and publish policies"),
    Right.EDIT_RISK: _("Write and publish what is done about risk"),
    Right.SEE_AUDIT: _("Read the audit log"),
    Right.ASK: _("Write to support"),
    Right.CLOSE: _("Make another member owner, close the account"),
}

MATRIX: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.CLOSE},
    Role.HELP_DESK: frozenset({Right.SEE, Right.SEE_PEOPLE, Right.HELP_PEOPLE, Right.ASK}),
    Role.READ_ONLY: frozenset({Right.SEE, Right.SEE_PEOPLE, Right.SEE_AUDIT}),
}


def may(role: str, right: Right) -> bool:
    """Whether a role has a right; an unknown role has none."""
    return right in MATRIX.get(role, frozenset())
