"""A code read out in a phone call."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa import codes, sent
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction


class VoiceCode(Method):
    """A code read out in a phone call; where no voice provider is set up, the same code by text message."""

    key = "voice_code"
    label = _("Phone call")
    hint = _("A code read out to you")
    about_data = _("Needs your phone number. The telephone provider receives it, and the code.")
    icon = "phone"
    rank = 40
    assurance = Assurance.AAL1
    prompt_factor = "phone_call"
    compat_names = ("PHONE VERIFICATION",)
    channels = ("voice",)
    needs_enrolment = False

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        return sent.send(txn, sent.CODE, self.channels if settings.VOICE_URLS else ("sms",), to)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        return codes.judge(txn, response)

    def address_of(self, to: Addresses) -> str:
        return to.phone
