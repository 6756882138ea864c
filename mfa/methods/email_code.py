"""A code by e-mail."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa import codes, sent
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction


class EmailCode(Method):
    """A code by e-mail. Weak: a mailbox is no out-of-band authenticator (NIST SP 800-63B-4 §3.1.3.1)."""

    key = "email_code"
    label = _("Code by e-mail")
    hint = _("A code to your mailbox")
    about_data = _("Needs your e-mail address. The e-mail provider receives it, and the code.")
    icon = "mail"
    assurance = Assurance.WEAK
    compat_names = ("EMAIL", "OTP OVER EMAIL")
    channels = ("email",)
    needs_enrolment = False

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        return sent.send(txn, sent.CODE, self.channels, to)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        return codes.judge(txn, response)

    def address_of(self, to: Addresses) -> str:
        return to.email
