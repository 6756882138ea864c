"""A code by text message."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa import codes, sent
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction


class SmsCode(Method):
    """A code by text message. Restricted: offer the person another method as well (NIST SP 800-63B-4 §3.1.3.3)."""

    key = "sms_code"
    label = _("Text message")
    hint = _("A code to your phone")
    about_data = _("Needs your phone number. The SMS provider receives it, and the code.")
    icon = "message-square-text"
    rank = 30
    assurance = Assurance.AAL1
    prompt_factor = "sms_passcode"
    compat_names = ("SMS", "OTP OVER SMS")
    channels = ("sms",)
    needs_enrolment = False

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        return sent.send(txn, sent.CODE, self.channels, to)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        return codes.judge(txn, response)

    def address_of(self, to: Addresses) -> str:
        return to.phone
