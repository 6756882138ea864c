"""The code that leads a person back to the site, and what the site gets for it: once."""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import crypto
from mfa.models import PromptClient, UsedAssertion, Visit

CODE_LASTS = timedelta(minutes=1)


def issue(visit: Visit) -> str | None:
    """A new code for an approved visit, in place of one that was not used; None once one was, or it is too late.

    128 bits and more; only its keyed hash is kept (RFC 6749 §10.10).
    """
    code = secrets.token_urlsafe(24)
    mine = Visit.objects.filter(pk=visit.pk, state=Visit.State.APPROVED, code_used_at=None, expires_at__gt=Now())
    given = mine.update(code_digest=_digest(code), code_expires_at=Now() + CODE_LASTS)
    return code if given else None


def redeem(client: PromptClient, code: str, return_to: str) -> Visit | None:
    """The visit that a code stands for, once: bound to the client and to the address it was sent to.

    The UPDATE is the lock: of many at once one changes the row (security.md S16). The database's clock decides.
    """
    live = Visit.objects.filter(
        client=client,
        code_digest=_digest(code),
        return_to=return_to,
        state=Visit.State.APPROVED,
        code_used_at=None,
        code_expires_at__gt=Now(),
    )
    if not live.update(code_used_at=Now()):
        return None
    rows = Visit.objects.select_related("user", "site", "customer", "transaction__authenticator")
    return rows.get(client=client, code_digest=_digest(code))


def use_assertion(client: PromptClient, jti: str, expires_in: int) -> bool:
    """Note a client assertion's id until it would expire anyway; False when it was used before (RFC 7523 §3)."""
    digest = crypto.keyed_hash("assertion", str(client.pk), jti)
    expires_at = timezone.now() + timedelta(seconds=expires_in)
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(client=client, digest=digest, expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def _digest(code: str) -> str:
    return crypto.keyed_hash("prompt code", code)
