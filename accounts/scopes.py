"""What an API token may be made to do: its scopes, in the words that pages use."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """One thing that a token may do. Writing includes no reading."""

    TRANSACTIONS = "transactions:write"
    TRANSACTIONS_READ = "transactions:read"
    USERS_READ = "users:read"
    USERS = "users:write"
    GROUPS_READ = "groups:read"
    GROUPS = "groups:write"
    AUTHENTICATORS_READ = "authenticators:read"
    AUTHENTICATORS = "authenticators:write"
    HELP = "help:write"
    POLICIES_READ = "policies:read"
    POLICIES = "policies:write"
    RISK_READ = "risk:read"
    RISK = "risk:write"
    MESSAGES_READ = "messages:read"
    EVENTS_READ = "events:read"
    PRIVACY = "privacy:write"


LABELS = {
    Scope.TRANSACTIONS: _("Ask for proofs and judge answers"),
    Scope.TRANSACTIONS_READ: _("Read sign-ins"),
    Scope.USERS_READ: _("Read users"),
    Scope.USERS: _("Add, change, disable and delete users"),
    Scope.GROUPS_READ: _("Read groups"),
    Scope.GROUPS: _("Change groups and who is in them"),
    Scope.AUTHENTICATORS_READ: _("Read people’s methods, never their secrets"),
    Scope.AUTHENTICATORS: _("Rename, suspend and remove people’s methods"),
    Scope.HELP: _("Give bypass codes, send links to enrol"),
    Scope.POLICIES_READ: _("Read policies"),
    Scope.POLICIES: _("Change and publish policies"),
    Scope.RISK_READ: _("Read how risky people’s sign-ins looked"),
    Scope.RISK: _("Have sign-ins weighed, and pass on whose they were"),
    Scope.MESSAGES_READ: _("Read what was sent, and how it went"),
    Scope.EVENTS_READ: _("Read events"),
    Scope.PRIVACY: _("Vouch for people who ask about their data"),
}
