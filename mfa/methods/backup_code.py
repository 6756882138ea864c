"""Backup codes: a list to print and keep, each good for once."""

import secrets
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa.contract import Match, Method
from mfa.models import Authenticator, Transaction

CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
LENGTH = 16  # of 31 letters each: 79 bits
NAMED_BY = 2  # the first two characters name the row, so that a try costs one hash (security.md §4)


class BackupCode(Method):
    """Look-up secrets (NIST SP 800-63B-4 §3.1.2), hashed slowly, shown once."""

    key = "backup_code"
    label = _("Backup codes")
    hint = _("One of the codes that you printed or saved")
    about_data = _("Keeps of each code only what can check it. Nobody else receives them.")
    icon = "list-checks"
    assurance = Assurance.AAL2
    is_proved = False
    is_standby = True
    notes = ("data",)

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        """One slow hash whatever is typed. A code that was used is gone, so that nothing says it once was one."""
        code = _normal(response)
        kept = authenticator.data.get("codes", {}) if authenticator is not None else {}
        known = kept.get(code[:NAMED_BY])
        right = check_password(code, known or _nothing()) and known is not None
        if right and authenticator is not None:
            authenticator.data = {"codes": {name: kept[name] for name in kept if name != code[:NAMED_BY]}}
        return Match.RIGHT if right else Match.WRONG

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """New codes in place of all old ones; the texts stay on this instance only, to be shown once."""
        codes: dict[str, str] = {}
        while len(codes) < CODES:
            code = "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))
            codes.setdefault(code[:NAMED_BY], code)
        authenticator.data = {"codes": {name: make_password(code) for name, code in codes.items()}}
        authenticator.shown_once = [_grouped(code) for code in codes.values()]

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        """Nothing is left to prove: whoever saw the codes has them."""
        return Match.RIGHT if authenticator.data.get("codes") else Match.WRONG

    def left(self, authenticator: Authenticator) -> int | None:
        return len(authenticator.data.get("codes", {}))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


@cache
def _nothing() -> str:
    """A hash that nothing matches, so that an unknown code costs what a known one does."""
    return make_password(secrets.token_urlsafe(16))


def _normal(response: Any) -> str:
    """What was typed, without what people vary: case, spaces, hyphens. Empty for whatever is no text."""
    if not isinstance(response, str) or len(response) > 64:
        return ""
    return "".join(response.split()).replace("-", "").lower()
