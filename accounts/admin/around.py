"""What belongs to a customer or a user, as links to lists; apps that stand higher add theirs here."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.models import Customer, User

OF_CUSTOMER: list[tuple[str, Any]] = [
    ("accounts_site", _("Sites")),
    ("accounts_apikey", _("API keys")),
    ("accounts_user", _("Users")),
    ("accounts_message", _("Messages")),
    ("accounts_ticket", _("Support tickets")),
    ("accounts_invitation", _("Invitations")),
    ("accounts_auditrecord", _("Audit trail")),
]
OF_USER: list[tuple[str, Any]] = [("accounts_message", _("Messages")), ("accounts_session", _("Sessions"))]


def of_customer(customer: Customer) -> SafeString | str:
    """Links to the lists of what is the customer's."""
    return columns.links((columns.list_of(name, customer=customer.pk), label) for name, label in OF_CUSTOMER)


def of_user(user: User) -> SafeString | str:
    """Links to the lists of what is about the user."""
    lists = [(columns.list_of(name, user=user.pk), label) for name, label in OF_USER]
    return columns.links([*lists, (columns.trail_of(user), _("Audit trail"))])
