"""Enrolment calls: TOTP secrets and security questions."""

import base64
import io
from typing import Any

import segno

from accounts import verbs as people
from accounts.models import User
from mfa import verbs
from mfa.compat.miniorange import words
from mfa.compat.miniorange.auth import NOT_OFFERED, method_of
from mfa.compat.miniorange.calling import SIGNED, UNSIGNED, Call, Reply, Stop, atomic, endpoint
from mfa.compat.miniorange.users import found_or_made
from mfa.contract import METHODS, Judged
from mfa.methods import by_compat_name
from mfa.methods.totp import Totp

BY_SECRET = Totp.key
BY_ANSWERS = next(key for key, method in METHODS.items() if method.asks_questions)


def _said(call: Call) -> str:
    """The app's name as the client says it, under any of the field's names."""
    name = call.body.text("authenticatorName", "googleAuthenticatorName", "authenticatorType", most=64)
    return name if by_compat_name(name) == BY_SECRET else METHODS[BY_SECRET].compat_names[0]


@endpoint(SIGNED)
@atomic
def google_auth_secret(call: Call) -> Reply:
    """A fresh pending secret with its QR code; the active secret stays as it is until the new one is proved."""
    call.once(harmless=True)
    user = found_or_made(call)
    authenticator = verbs.enrol(user, BY_SECRET, call.by)
    name = call.body.text("authenticatorName", "googleAuthenticatorName", most=64)
    issuer = call.site.name if by_compat_name(name) or not name else name
    uri = METHODS[BY_SECRET].provisioning(authenticator, issuer, user.username)
    secret = authenticator.pending_secret
    return {"status": "SUCCESS", "message": "Scan the code.", "secret": secret, "qrCodeData": qr_code(uri)}


@endpoint(SIGNED)
def validate_google_auth_secret(call: Call) -> Reply:
    """A login or an enrolment with a secret that the site sends along (protocol.md §7)."""
    username, secret = call.body.needed("username"), call.body.needed("secret", most=128)
    token = call.body.raw("otpToken")
    judged = verbs.log_in_with_secret(call.customer, username, BY_SECRET, secret, token, call.by, call.site)
    if judged is not None:
        return words.judged(call, judged, wrong=words.WRONG_ENROLMENT)
    return _enrol_with_secret(call, secret, token)


@atomic
def _enrol_with_secret(call: Call, secret: str = "", token: Any = None) -> Reply:
    call.once(harmless=True)
    user = found_or_made(call)
    try:
        judged = verbs.adopt(user, BY_SECRET, secret, token, call.by, call.site)
    except ValueError as error:
        raise Stop("FAILED", "The secret is not one that an authenticator app could hold.", "malformed") from error
    return _won(call, user, judged, _said(call))


def _won(call: Call, user: User, judged: Judged, name: str) -> Reply:
    """Answer an enrolment; the method that was won becomes the one a login asks for."""
    reply = words.judged(call, judged, wrong=words.WRONG_ENROLMENT)
    if reply["status"] == "SUCCESS":
        people.update_user(user, call.by, dialect_method=name)
    return reply


@endpoint(SIGNED)
@atomic
def register(call: Call) -> Reply:
    """Enrol security questions, or whatever `registrationType` names."""
    call.once(harmless=True)
    kind = call.body.text("registrationType", most=64) or METHODS[BY_ANSWERS].compat_names[0]
    key = method_of(kind)
    if key == BY_ANSWERS:
        return _questions(call)
    if key != BY_SECRET:
        raise Stop("FAILED", NOT_OFFERED, "not_ours")
    secret = call.body.text("secret", most=128)
    user = found_or_made(call)
    token = call.body.raw("otpToken")
    try:
        judged = (
            verbs.adopt(user, key, secret, token, call.by, call.site)
            if secret
            else verbs.confirm(user, key, token, call.by)
        )
    except ValueError as error:
        raise Stop("FAILED", "The secret is not one that an authenticator app could hold.", "malformed") from error
    return _won(call, user, judged, _said(call))


def _questions(call: Call) -> Reply:
    pairs = _pairs(call.body.raw("questionAnswerList"))
    user = found_or_made(call)
    try:
        judged = verbs.set_up(user, BY_ANSWERS, call.by, pairs)
    except ValueError as error:
        raise Stop("ERROR", "Three different questions with an answer each are needed.", "malformed") from error
    return _won(call, user, judged, METHODS[BY_ANSWERS].compat_names[0])


def _pairs(given: Any) -> list[tuple[str, str]]:
    """Question and answer pairs from a list of objects. Stops the call for anything else."""
    entries = given if isinstance(given, list) else []
    found = [(entry.get("question"), entry.get("answer")) for entry in entries[:10] if isinstance(entry, dict)]
    pairs = [(question, answer) for question, answer in found if isinstance(question, str) and isinstance(answer, str)]
    if not pairs or len(pairs) != len(entries):
        raise Stop("ERROR", "Three different questions with an answer each are needed.", "malformed")
    return pairs


@endpoint(SIGNED)
def register_mobile(call: Call) -> Reply:
    """The vendor's phone app has no counterpart here."""
    call.body.needed("username")
    raise Stop("ERROR", NOT_OFFERED, "not_ours")


@endpoint(UNSIGNED, SIGNED, cors=True)
def registration_status(call: Call) -> Reply:
    """No registration of a phone app is ever under way here."""
    call.body.needed("txId", most=64)
    return {"status": "FAILED", "message": "This request has ended."}


def qr_code(uri: str) -> str:
    """A PNG of the text in base64, dark on white whatever the page's theme."""
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="png", scale=6, border=3)
    return base64.b64encode(picture.getvalue()).decode()
