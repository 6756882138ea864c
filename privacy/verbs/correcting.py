"""A corrected address: a code goes there, the right answer makes it the person's, and the old one is told."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from mfa import verbs as mfa
from mfa.contract import METHODS, Begun, Judged, Method, Refusal, Verdict
from mfa.verbs.offering import is_offered
from privacy.models import PrivacyRequest
from privacy.moves import Move, State
from privacy.verbs import apart, requesting, telling


def ask(request: PrivacyRequest, by: Actor) -> Begun | Refusal | None:
    """Send a code to the new address, and only there; None when no way of ours reaches it.

    The code is asked of the address rather than of the person: a customer whose known addresses alone count for signing
    in would otherwise have it sent to the old one.
    """
    method = _method(request)
    if method is None or request.state != State.VERIFYING:
        return None
    email, phone = (request.new_value, "") if request.about == "email" else ("", request.new_value)
    return mfa.begin(request.customer, method=method.key, by=by, email=email, phone=phone, asks_terms=False)


def _method(request: PrivacyRequest) -> Method | None:
    channels = ("email",) if request.about == "email" else ("sms",)
    found = (one for one in METHODS.values() if one.channels == channels and not one.polls)
    return next((one for one in found if is_offered(one, request.customer)), None)


@transaction.atomic
def confirm(request: PrivacyRequest, public_id: str, response: Any, by: Actor, *, visitor: str = "") -> Judged:
    """Judge the code; a right one puts the new value in place. Raises requesting.NotNow."""
    judged = mfa.verify(request.customer, public_id, response, by, visitor=visitor)
    if judged.verdict is not Verdict.PASSED:
        return judged
    row = requesting.move(request, Move.CONFIRM, by)
    user, new = row.user, row.new_value
    if user is None or not new:
        raise requesting.NotNow(Move.CONFIRM)
    user.customer = row.customer
    old = str(getattr(apart.whole(user), row.about) or "")
    apart.correct(user, row.about, new, by)
    if row.about == "email":
        user.email_confirmed_at = timezone.now()
        user.save(update_fields=["email_confirmed_at"])
    if old and old != new:
        telling.tell_old_address(user, old, new)
    audit.record(
        "privacy.corrected", by, row.customer, user, facts={"fields": [row.about]}, values={row.about: [old, new]}
    )
    return judged
