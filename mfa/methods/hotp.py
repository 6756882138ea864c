"""Codes that an app or a token makes from a counter (RFC 4226)."""

import base64
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_otp.oath import hotp

from accounts import crypto
from accounts.assurance import Assurance
from mfa import base32, codes
from mfa.contract import Match, Method
from mfa.models import Authenticator, Transaction

DIGITS = 6
LOOK_AHEAD = 10  # codes that may have been shown and not used (RFC 4226 §7.4)
FAR = 200  # how far ahead two codes in a row may set the counter right


class Hotp(Method):
    """Six digits from a counter that moves with each code. `last_step` is the last counter that was used.

    A code a little ahead is right; one further ahead is refused, and right together with the very next one
    (re-synchronisation, RFC 4226 §7.4).
    """

    key = "hotp"
    label = _("Counter codes")
    hint = _("The next code of a token or an app that counts")
    about_data = _("Keeps a secret and a counter that your token shares with us. Nobody else receives them.")
    icon = "arrow-up-down"
    assurance = Assurance.AAL2
    prompt_factor = "hardware_token"
    notes = ("last_step", "data")
    unusable = _("That is no token’s secret. It has the letters A to Z and the digits 2 to 7, sixteen or more in all.")

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        if authenticator is None or not authenticator.secret:
            return Match.WRONG
        return spend(authenticator, authenticator.secret, response)

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """A fresh secret of 160 bits (RFC 4226 §4), or that of a token at hand."""
        if given is None:
            given = base64.b32encode(secrets.token_bytes(20)).decode()
        base32.decode(given)
        authenticator.pending_secret = given

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        """A right code makes the pending secret the active one, its counter beginning there."""
        if not authenticator.pending_secret:
            return Match.WRONG
        before = authenticator.last_step, authenticator.data
        authenticator.last_step, authenticator.data = -1, authenticator.data.get("pending", {})
        match = spend(authenticator, authenticator.pending_secret, response)
        if match is Match.RIGHT:
            authenticator.secret, authenticator.pending_secret = authenticator.pending_secret, None
            return match
        pending = authenticator.data
        authenticator.last_step, authenticator.data = before[0], {**before[1], "pending": pending}
        return match

    def provisioning(self, authenticator: Authenticator, issuer: str, account: str) -> str:
        label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
        told = {"secret": authenticator.pending_secret or "", "issuer": issuer, "counter": 0}
        return f"otpauth://hotp/{label}?{urlencode(told, quote_via=quote)}"

    def given(self, form: QueryDict) -> Any:
        return form.get("secret") or None


def spend(authenticator: Authenticator, secret: str, response: Any) -> Match:
    """Match a code against the counters ahead, and note (unsaved) the counter that it used.

    A code of the last counters again is SEEN. All near counters are compared, so that time tells nothing of which.
    """
    code = codes.typed(response)
    key = base32.decode(secret)
    following = authenticator.last_step + 1
    near = [counter for counter in range(following, following + LOOK_AHEAD) if _is_code(key, counter, code)]
    ahead = authenticator.data.get("ahead")
    if ahead is not None and _is_code(key, ahead + 1, code):
        near.append(ahead + 1)
    if near:
        authenticator.last_step, authenticator.data = min(near), {}
        return Match.RIGHT
    spent = range(max(0, following - LOOK_AHEAD), following)
    if any(_is_code(key, counter, code) for counter in spent):
        return Match.SEEN
    far = range(following + LOOK_AHEAD, following + FAR)
    found = next((counter for counter in far if _is_code(key, counter, code)), None)
    authenticator.data = {} if found is None else {"ahead": found}
    return Match.WRONG


def _is_code(key: bytes, counter: int, code: str) -> bool:
    return crypto.same(str(hotp(key, counter, DIGITS)).zfill(DIGITS), code)
