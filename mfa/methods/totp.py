"""Codes that an authenticator app makes from the time (RFC 6238)."""

import base64
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.oath import hotp

from accounts import crypto
from accounts.assurance import Assurance
from mfa import base32, codes
from mfa.contract import Match, Method
from mfa.models import Authenticator, Transaction

PERIOD = 30  # seconds
DIGITS = 6
ADVISED = 120  # steps: how far off a clock may be for us to say so while an app is set up
LEARNED = 1  # the most that an app's clock may be off by, in steps, before people must set it right


class Totp(Method):
    """Six digits from an authenticator app.

    One step either side of the app's own clock, no step twice (RFC 6238 §5.2).
    """

    key = "totp"
    label = _("Authenticator app")
    hint = _("Six digits that an app on your phone shows")
    about_data = _("Keeps a secret that your app shares with us. Nobody else receives it.")
    icon = "qr-code"
    rank = 20
    notes = ("last_step", "drift")
    assurance = Assurance.AAL2
    compat_names = (
        "GOOGLE AUTHENTICATOR",
        "AUTHY AUTHENTICATOR",
        "AUTHY 2-FACTOR AUTHENTICATION",
        "MICROSOFT AUTHENTICATOR",
        "LASTPASS AUTHENTICATOR",
        "DUO AUTHENTICATOR",
        "FREEOTP AUTHENTICATOR",
        "OKTA VERIFY",
        "2FAS AUTHENTICATOR",
        "ZOHO ONEAUTH",
        "SOFT TOKEN",
    )

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        if authenticator is None or not authenticator.secret:
            return Match.WRONG
        return spend(authenticator, authenticator.secret, response, at)

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """A fresh secret of 160 bits (RFC 4226 §4), or the site's own if it is well-formed."""
        if given is None:
            given = base64.b32encode(secrets.token_bytes(20)).decode()
        base32.decode(given)
        authenticator.pending_secret = given

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        """A right code makes the pending secret the active one; spent steps and the failure count carry over."""
        if not authenticator.pending_secret:
            return Match.WRONG
        match = spend(authenticator, authenticator.pending_secret, response, at)
        if match is Match.RIGHT:
            authenticator.secret, authenticator.pending_secret = authenticator.pending_secret, None
        return match

    def advice(self, authenticator: Authenticator, response: Any, at: datetime) -> str:
        """By how much the clock of the app is off, if that is all that is wrong."""
        code, key = codes.typed(response), base32.decode(authenticator.pending_secret or "")
        now = int(at.timestamp()) // PERIOD
        found = [by for by in range(-ADVISED, ADVISED + 1) if _is_at(key, now + by, code)]
        if not found:
            return ""
        by = min(found, key=abs)
        minutes = max(1, round(abs(by) * PERIOD / 60))
        text = (
            ngettext("That clock is about %(n)d minute fast.", "That clock is about %(n)d minutes fast.", minutes)
            if by > 0
            else ngettext("That clock is about %(n)d minute slow.", "That clock is about %(n)d minutes slow.", minutes)
        )
        advice = _("Let the device set its time by itself, then type the next code.")
        return f"{text % {'n': minutes}} {advice}"

    def provisioning(self, authenticator: Authenticator, issuer: str, account: str) -> str:
        return otpauth_uri(authenticator.pending_secret or "", issuer, account)


def spend(authenticator: Authenticator, secret: str, response: Any, at: datetime) -> Match:
    """Match a code against the three steps around now; a step once spent, and every earlier one, is SEEN.

    Notes the step and the app's drift on the (unsaved) authenticator. All three are compared, so that time tells
    nothing.
    """
    code = codes.typed(response)
    now = int(at.timestamp()) // PERIOD
    centre = now + authenticator.drift
    key = base32.decode(secret)
    matched = [step for step in (centre - 1, centre, centre + 1) if _is_at(key, step, code)]
    if not matched:
        return Match.WRONG
    step = max(matched)
    if step <= authenticator.last_step:
        return Match.SEEN
    authenticator.last_step = step
    authenticator.drift = max(-LEARNED, min(LEARNED, step - now))
    return Match.RIGHT


def _is_at(key: bytes, step: int, code: str) -> bool:
    return crypto.same(str(hotp(key, step, DIGITS)).zfill(DIGITS), code)


def otpauth_uri(secret: str, issuer: str, account: str) -> str:
    """What an app's camera reads (the Key URI format); every part percent-encoded."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
