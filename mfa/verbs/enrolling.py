"""Enrolment: propose, prove, and what is remembered of secrets that are no longer good."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import agreeing, audit, crypto
from accounts.audit import Actor
from accounts.models import Customer, Site, User
from mfa import guessing
from mfa.contract import METHODS, Judged, Match, Verdict
from mfa.models import Authenticator, RetiredSecret
from mfa.verbs import judging, locking, notices


@transaction.atomic
def enrol(user: User, method: str, by: Actor, given: Any = None) -> Authenticator:
    """Put a pending secret on the user's authenticator of this method; an active one keeps working until `confirm`.

    Asking again gives a new pending secret. Raises ValueError when `given` cannot be used.
    """
    authenticator, _at = _locked(user, method)
    METHODS[method].propose(authenticator, given)
    authenticator.save()
    return authenticator


@transaction.atomic
def confirm(user: User, method: str, response: Any, by: Actor) -> Judged:
    """Prove the pending secret, which then becomes the active one. Wrong answers count like any others."""
    authenticator, at = _locked(user, method)
    wait = judging._wait(authenticator, None, at)
    if wait is not None and authenticator.confirmed:
        return Judged(Verdict.THROTTLED, wait=wait)
    return _accept(authenticator, response, by, at)


@transaction.atomic
def log_in_with_secret(
    customer: Customer, username: str, method: str, secret: str, response: Any, by: Actor, site: Site
) -> Judged | None:
    """A login by a site that keeps secrets itself: judged if the secret is the active one, None if it is another."""
    lasting = Authenticator.objects.filter(method=method, address_hash="", expires_at=None, confirmed=True)
    authenticator, at = locking.lock(locking.of_name(lasting, customer, username))
    if authenticator is None or not crypto.same(authenticator.secret or "", secret):
        return None
    return judging.judge_directly(authenticator, response, by, at, site=site)


@transaction.atomic
def adopt(user: User, method: str, secret: str, response: Any, by: Actor, site: Site | None = None) -> Judged:
    """A secret and a code for it, as a site sends them that keeps secrets itself: a login or an enrolment.

    The active secret is a login like any other. One that was retired is a login refused and counted, never an
    enrolment. Any other well-formed secret with a right code becomes active (protocol.md §7). Raises ValueError for a
    malformed secret.
    """
    chosen = METHODS[method]
    authenticator, at = _locked(user, method)
    known = authenticator.secret if authenticator.confirmed else None
    if known and crypto.same(known, secret):
        return judging.judge_directly(authenticator, response, by, at, site=site)
    if RetiredSecret.objects.filter(user=user, digest=_digest(user, secret)).exists():
        return judging.judge_directly(authenticator, "", by, at, site=site)
    wait = judging._wait(authenticator, None, at)
    if wait is not None:
        return Judged(Verdict.THROTTLED, wait=wait)
    chosen.propose(authenticator, secret)
    return _accept(authenticator, response, by, at)


@transaction.atomic
def set_up(user: User, method: str, by: Actor, given: Any = None) -> Judged:
    """Enrol what needs no proof beyond having been chosen or shown; replaces what was there.

    Raises ValueError for what is given and cannot be used.
    """
    authenticator, at = _locked(user, method)
    METHODS[method].propose(authenticator, given)
    return _accept(authenticator, "", by, at)


def retire(authenticator: Authenticator) -> None:
    """Remember, as a keyed hash, that this secret must never enrol itself anew."""
    if authenticator.secret:
        digest = _digest(authenticator.user, authenticator.secret)
        RetiredSecret.objects.get_or_create(user=authenticator.user, digest=digest)


def _accept(authenticator: Authenticator, response: Any, by: Actor, at: datetime) -> Judged:
    user, old = authenticator.user, authenticator.secret
    if not user.is_active or user.restricted_at is not None:
        return Judged(Verdict.EXPIRED)
    if agreeing.is_missing(user, user.customer) and not agreeing.sites_word_counts(user, user.customer):
        return Judged(Verdict.EXPIRED)
    was_confirmed = authenticator.confirmed
    match = METHODS[authenticator.method].accept(authenticator, response, at)
    if match is Match.RIGHT and _is_known(authenticator):
        match = Match.SEEN
    if match is not Match.RIGHT:
        return _count_refusal(authenticator, match, at)
    if was_confirmed and old and old != authenticator.secret:
        RetiredSecret.objects.get_or_create(user=user, digest=_digest(user, old))
    is_proved = METHODS[authenticator.method].is_proved  # what was only shown was not used yet
    authenticator.confirmed, authenticator.last_used_at = True, at if is_proved else None
    authenticator.off_at = authenticator.wait_until = authenticator.suspended_at = None
    authenticator.save()
    user.factors_changed_at = at
    user.save(update_fields=["factors_changed_at"])
    what = "replaced" if was_confirmed else "added"
    audit.record(
        f"mfa.{what}", by, user.customer, authenticator, person=user.pk, facts={"method": authenticator.method}
    )
    notices.factor_changed(user, what, authenticator.method)
    return Judged(Verdict.PASSED, authenticator=authenticator)


def _is_known(authenticator: Authenticator) -> bool:
    """Whether this very credential is enrolled already, where a person may have several."""
    if not METHODS[authenticator.method].has_several:
        return False
    same = Authenticator.objects.filter(method=authenticator.method, address_hash=authenticator.address_hash)
    return same.exclude(pk=authenticator.pk).exists()


def _count_refusal(authenticator: Authenticator, match: Match, at: datetime) -> Judged:
    if match is Match.SEEN:
        return Judged(Verdict.REPLAYED)
    authenticator.failures += 1
    wait = guessing.wait_after(authenticator.failures)
    authenticator.wait_until = at + wait if wait else None
    authenticator.save()
    return Judged(Verdict.WRONG, wait=int(wait.total_seconds()) if wait else 0, tries_left=None)


def _locked(user: User, method: str) -> tuple[Authenticator, datetime]:
    """The user's one lasting authenticator of a method without addresses, locked; made unconfirmed at first need."""
    mine = {"user": user, "method": method, "address_hash": "", "expires_at": None}
    found, at = locking.lock(Authenticator.objects.filter(**mine))
    if found is None:
        defaults = {"customer_id": user.customer_id, "name": "", "confirmed": False}
        made, _made = Authenticator.objects.get_or_create(**mine, defaults=defaults)
        found, at = locking.lock(Authenticator.objects.filter(pk=made.pk))
    found.user = user
    return found, at


def _digest(user: User, secret: str) -> str:
    return crypto.keyed_hash("retired secret", str(user.pk), secret.replace(" ", "").upper().rstrip("="))
