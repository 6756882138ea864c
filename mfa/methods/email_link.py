"""A mail whose link opens a page with Allow and Deny."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa import sent
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction


class EmailLink(Method):
    """Allow or deny on a page that a mailed link opens. Weak: some mail scanners press buttons (security.md S18)."""

    key = "email_link"
    label = _("Link by e-mail")
    hint = _("Allow or deny on a page that a mail leads to")
    about_data = _("Needs your e-mail address. The e-mail provider receives it, and the link.")
    icon = "mailbox"
    assurance = Assurance.WEAK
    prompt_reason = "user_approved"
    compat_names = ("OUT OF BAND EMAIL",)
    channels = ("email",)
    needs_enrolment = False
    polls = True

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        return sent.send_link(txn, to)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        """No typed response is right: the person decides on the link's page (`verbs.decide`)."""
        return Match.WRONG

    def address_of(self, to: Addresses) -> str:
        return to.email
