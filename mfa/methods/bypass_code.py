"""A code that an admin or a help desk gives to someone who cannot prove themselves otherwise."""

import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import crypto
from accounts.assurance import Assurance
from mfa import codes
from mfa.contract import Match, Method
from mfa.models import Authenticator, Transaction

DIGITS = 9  # as a help desk reads them out, in three groups; guesses are few (mfa/guessing.py)


class BypassCode(Method):
    """Works until a time and a number of uses; its reason is kept and told. Only its keyed hash is stored."""

    key = "bypass_code"
    label = _("Code from the help desk")
    hint = _("Nine digits that the help desk gave you")
    about_data = _("Keeps of the code only what can check it, and why it was given.")
    icon = "life-buoy"
    assurance = Assurance.AAL1
    prompt_factor = "bypass_code"
    is_own = False
    is_proved = False
    is_standby = True

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        code = codes.typed(response)
        if authenticator is None or not code or not authenticator.uses_left:
            return Match.WRONG
        if authenticator.expires_at is None or authenticator.expires_at <= at:
            return Match.WRONG
        return (
            Match.RIGHT if crypto.same(_hash(authenticator, code), authenticator.data.get("hash", "")) else Match.WRONG
        )

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """A new code; its text stays on this instance only, to be read out once."""
        code = "".join(secrets.choice("0123456789") for _position in range(DIGITS))
        authenticator.data = {"hash": _hash(authenticator, code)}
        authenticator.shown_once = [" ".join(code[at : at + 3] for at in range(0, DIGITS, 3))]

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        return Match.RIGHT if authenticator.data.get("hash") else Match.WRONG


def _hash(authenticator: Authenticator, code: str) -> str:
    return crypto.keyed_hash("bypass code", authenticator.public_id, code)
