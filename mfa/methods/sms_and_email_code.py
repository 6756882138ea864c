"""One code by text message and by e-mail at once."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa import codes, sent
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction


class SmsAndEmailCode(Method):
    """One code both ways. Worth what its weaker way is worth, since either is enough to read it."""

    key = "sms_and_email_code"
    label = _("Text message and e-mail")
    hint = _("One code to your phone and your mailbox")
    about_data = _(
        "Needs your phone number and your e-mail address. The SMS and the e-mail provider receive them, and the code."
    )
    icon = "send"
    assurance = Assurance.WEAK
    prompt_factor = "sms_passcode"
    compat_names = ("SMS AND EMAIL", "OTP OVER SMS AND EMAIL")
    channels = ("sms", "email")
    needs_enrolment = False

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        return sent.send(txn, sent.CODE, self.channels, to)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        return codes.judge(txn, response)

    def address_of(self, to: Addresses) -> str:
        return f"{to.phone} {to.email}" if to.phone and to.email else ""
