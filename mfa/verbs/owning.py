"""What becomes of an authenticator that somebody has: a name, a pause, and its end is `reset`."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from mfa.models import Authenticator
from mfa.verbs import notices

LONGEST_NAME = 64


@transaction.atomic
def rename(authenticator: Authenticator, name: str, by: Actor) -> None:
    """Give it the name that the person knows it by; at most 64 characters are kept."""
    before, authenticator.name = authenticator.name, " ".join(name.split())[:LONGEST_NAME]
    authenticator.save(update_fields=["name"])
    _record("mfa.renamed", authenticator, by, {"before": before, "after": authenticator.name})


@transaction.atomic
def suspend(authenticator: Authenticator, by: Actor) -> None:
    """Let it open nothing until it is taken up again."""
    authenticator.suspended_at = timezone.now()
    _changed("suspended", authenticator, by)


@transaction.atomic
def resume(authenticator: Authenticator, by: Actor) -> None:
    """Let a suspended one open again; one that was switched off by wrong answers stays off."""
    authenticator.suspended_at = None
    _changed("resumed", authenticator, by)


def _changed(what: str, authenticator: Authenticator, by: Actor) -> None:
    authenticator.save(update_fields=["suspended_at"])
    user = authenticator.user
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])
    _record(f"mfa.{what}", authenticator, by, {})
    notices.factor_changed(user, what, authenticator.method)


def _record(action: str, authenticator: Authenticator, by: Actor, values: dict[str, str]) -> None:
    user, facts = authenticator.user, {"method": authenticator.method}
    audit.record(action, by, user.customer, authenticator, person=user.pk, facts=facts, values=values)
