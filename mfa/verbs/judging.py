"""verify(): judge one response, under the row locks that make one win; and what else ends a transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import agreeing, audit, crypto, links
from accounts.audit import Actor
from accounts.models import AuditRecord, Customer, Link, Site, User
from accounts.together import Insert, Update, write
from accounts.webhooks import emitting
from mfa import guessing
from mfa.contract import METHODS, Judged, Match, Verdict
from mfa.models import AddressGuard, Authenticator, Lane, Transaction
from mfa.verbs import locking, notices, risking
from mfa.verbs.locking import Counter, DatabaseTime
from rba import verbs as rba

State, Purpose = Transaction.State, Transaction.Purpose
Visitor = str | Callable[[User], str]
ANSWER_LASTS = timedelta(minutes=1)  # how long a site may read again how a transaction went


@transaction.atomic
def verify(
    customer: Customer, public_id: str, response: Any, by: Actor, *, visitor: Visitor = "", for_rights: bool = False
) -> Judged:
    """Judge one response to an open transaction: the only road to PASSED.

    The authenticator's row is locked first, then the transaction's, so of two equal responses at once one wins (RFC
    6238 §5.2). Verdicts are returned, not raised: raising would roll the failure count back. `visitor` is the network
    prefix of the person, where it is known; it has a lane of its own for wrong answers. Where the response itself says
    whose it is, it may be a function that tells the lane once they are found. Somebody whose data is out of use passes
    only `for_rights`: on the pages where they ask about it, and at no site.
    """
    txn, counter, at = locking.transaction_with_counter(customer, public_id)
    if txn is None or counter is None:
        return _verify_named(customer, public_id, response, by, visitor, for_rights)
    return _judge(txn, counter, response, by, at, visitor if isinstance(visitor, str) else "", for_rights)


def _verify_named(
    customer: Customer, public_id: str, response: Any, by: Actor, visitor: Visitor, for_rights: bool
) -> Judged:
    """A response that itself names the authenticator, of which a person may have several.

    One that names none of this person's counts for the transaction alone: there is no authenticator to wait.
    """
    txn, counter, at = locking.transaction_with_named(customer, public_id, response)
    if txn is None:
        return Judged(Verdict.EXPIRED)
    if counter is None:
        return _refuse_unnamed(txn, by, at)
    txn.user, txn.authenticator = counter.user, counter
    lane = visitor if isinstance(visitor, str) else visitor(counter.user)
    judged = _judge(txn, counter, response, by, at, lane, for_rights)
    if judged.verdict is Verdict.PASSED:  # else it stays open to whoever answers rightly
        txn.save(update_fields=["user", "authenticator"])
    return judged


def _refuse_unnamed(txn: Transaction, by: Actor, at: datetime) -> Judged:
    if txn.state != State.PENDING or txn.expires_at <= at:
        return Judged(Verdict.EXPIRED)
    _count_try(txn, at)
    entry = _entry("mfa.refused", txn, by)
    write(Update(txn, _ENDED), Insert(entry))
    emitting.announce(entry)
    return Judged(Verdict.WRONG, tries_left=txn.tries_allowed - txn.tries)


@transaction.atomic
def verify_direct(
    user: User, methods: Iterable[str], response: Any, by: Actor, *, site: Site | None = None, visitor: str = ""
) -> Judged:
    """Judge a response that names no transaction: it joins the user's open one of that method, or opens its own."""
    if agreeing.is_missing(user, user.customer):
        return Judged(Verdict.EXPIRED)
    counter, at = locking.usable_of(user.pk, tuple(methods))
    if counter is None:
        return Judged(Verdict.WRONG)
    counter.user = user
    return judge_directly(counter, response, by, at, site=site, visitor=visitor)


@transaction.atomic
def verify_by_name(
    customer: Customer, username: str, methods: Iterable[str], response: Any, by: Actor, site: Site
) -> Judged:
    """As `verify_direct`, for a site's user of this name.

    Person and authenticator are found and locked in one query.
    """
    counter, at = locking.usable_by_name(customer, username, tuple(methods))
    if counter is None:
        return Judged(Verdict.WRONG)
    return judge_directly(counter, response, by, at, site=site)


def judge_directly(
    counter: Authenticator,
    response: Any,
    by: Actor,
    at: datetime,
    *,
    site: Site | None = None,
    visitor: str = "",
    for_rights: bool = False,
) -> Judged:
    """As `verify_direct`, for an authenticator that the caller has locked.

    Where visitors are told apart it joins nothing: whoever types a name must not use up the tries of what its person
    was asked elsewhere (security.md S20).
    """
    txn = locking.open_of(counter, at)
    if txn is None or visitor:
        customer = by_customer(counter, site)
        txn = Transaction(customer=customer, site=site, user=counter.user, method=counter.method)
        txn.authenticator, txn.key_id = counter, crypto.newest_key_id()
        txn.created_at, txn.expires_at = at, at + timedelta(seconds=customer.code_seconds)
    elif txn.customer_id == counter.customer_id:
        txn.customer = by_customer(counter, site)
    return _judge(txn, counter, response, by, at, visitor, for_rights)


def by_customer(counter: Authenticator, site: Site | None) -> Customer:
    """The customer of an authenticator, from what is loaded already where that is possible."""
    return site.customer if site is not None and site.customer_id == counter.customer_id else counter.customer


def _judge(
    txn: Transaction, counter: Counter, response: Any, by: Actor, at: datetime, visitor: str, for_rights: bool = False
) -> Judged:
    """The one place where an answer is weighed; both rows are locked."""
    lane = locking.lane(counter, visitor)
    wait = _wait(counter, lane, at)
    if _is_out(txn, counter, for_rights):
        return Judged(Verdict.EXPIRED)
    if txn.state != State.PENDING or txn.expires_at <= at:
        return _after_the_end(txn, counter, response, at)
    if wait is not None:
        return Judged(Verdict.THROTTLED, wait=wait)
    authenticator = counter if isinstance(counter, Authenticator) else None
    match = METHODS[txn.method].judge(txn, authenticator, response, at)
    if match is Match.SEEN:
        return Judged(Verdict.REPLAYED, tries_left=txn.tries_allowed - txn.tries)
    if match is Match.RIGHT:
        return _pass(txn, counter, lane, by, at)
    return _refuse(txn, counter, lane, by, at)


def _pass(txn: Transaction, counter: Counter, lane: Lane | None, by: Actor, at: datetime) -> Judged:
    txn.state, txn.closed_at = State.APPROVED, at
    counter.failures, counter.wait_until = 0, None
    if isinstance(counter, Authenticator):
        counter.confirmed, counter.last_used_at = True, at
        if counter.uses_left:
            counter.uses_left -= 1
    if lane is not None:
        lane.failures, lane.wait_until = 0, None
    if isinstance(counter, Authenticator) and METHODS[txn.method].left(counter) == notices.FEW:
        notices.few_left(counter)
    _keep(txn, counter, lane, _entry("mfa.passed", txn, by))
    if txn.is_weighed and txn.purpose == Purpose.SIGN_IN:
        rba.prove(txn.customer, txn.public_id)
    return Judged(Verdict.PASSED, authenticator=counter if isinstance(counter, Authenticator) else None)


def _refuse(txn: Transaction, counter: Counter, lane: Lane | None, by: Actor, at: datetime) -> Judged:
    _count_try(txn, at)
    counter.failures += 1
    if lane is not None:
        lane.failures, lane.changed_at = lane.failures + 1, at
        wait = guessing.wait_after(lane.failures, guessing.LONGEST_WAIT)
        lane.wait_until = at + wait if wait else None
    else:
        wait = guessing.wait_after(counter.failures)
        counter.wait_until = at + wait if wait else None
    if counter.failures >= guessing.MOST and counter.off_at is None:
        counter.off_at = at
        if isinstance(counter, Authenticator):
            facts = {"method": counter.method}
            audit.record("mfa.switched_off", by, txn.customer, counter, person=counter.user_id, facts=facts)
            notices.switched_off(counter, txn)
    missed: list[Insert] = []
    if isinstance(counter, Authenticator):
        missed = risking.missed(txn.customer, counter.user, txn.site_id, by)
    _keep(txn, counter, lane, _entry("mfa.refused", txn, by), *missed)
    waits = int(wait.total_seconds()) if wait else 0
    return Judged(Verdict.WRONG, wait=waits, tries_left=txn.tries_allowed - txn.tries)


def _count_try(txn: Transaction, at: datetime) -> None:
    txn.tries += 1
    if txn.tries >= txn.tries_allowed:
        txn.state, txn.closed_at = State.FAILED, at


def _after_the_end(txn: Transaction, counter: Counter, response: Any, at: datetime) -> Judged:
    """A response to a transaction that has ended: a right one seen before says so, all else is EXPIRED.

    Nothing counts.
    """
    if txn.state != State.APPROVED or METHODS[txn.method].needs_enrolment:
        return Judged(Verdict.EXPIRED)
    authenticator = counter if isinstance(counter, Authenticator) else None
    seen = METHODS[txn.method].judge(txn, authenticator, response, at) is Match.RIGHT
    return Judged(Verdict.REPLAYED if seen else Verdict.EXPIRED)


def _is_out(txn: Transaction, counter: Counter, for_rights: bool = False) -> bool:
    """Whether the person or the authenticator may not be used at all: disabled, restricted, erased, used up.

    Nor where a dialect's call would let in who must agree to terms on our page first; for other calls `begin` asked.
    """
    if isinstance(counter, AddressGuard):
        return False
    user = counter.user
    used_up = counter.uses_left == 0 and txn.state == State.PENDING
    by_dialect = bool(txn.dialect_name) or txn._state.adding
    if by_dialect and not agreeing.sites_word_counts(user, txn.customer) and agreeing.is_missing(user, txn.customer):
        return True
    is_apart = user.restricted_at is not None and not for_rights
    return not user.is_active or is_apart or counter.suspended_at is not None or used_up


def _wait(counter: Counter, lane: Lane | None, at: datetime) -> int | None:
    """Seconds until the next try may be made, 0 for "not here any more", None when it may be made now."""
    if counter.off_at is not None:
        return 0
    until = lane.wait_until if lane is not None else counter.wait_until
    return int((until - at).total_seconds()) + 1 if until is not None and until > at else None


_ENDED = ("state", "tries", "closed_at")
_COUNTED = ("failures", "wait_until", "off_at")
_USED = (*_COUNTED, "confirmed", "last_used_at", "uses_left", "last_step", "drift")


def _keep(txn: Transaction, counter: Counter, lane: Lane | None, entry: AuditRecord, *more: Insert) -> None:
    """Write all that an answer changed in one statement: the one that every sign-in waits for."""
    used = tuple(dict.fromkeys((*_USED, *METHODS[txn.method].notes)))
    changed: list[Insert | Update] = [Insert(txn) if txn._state.adding else Update(txn, _ENDED)]
    changed.append(Update(counter, used if isinstance(counter, Authenticator) else _COUNTED))
    if lane is not None:
        changed.append(Update(lane, ("failures", "wait_until", "changed_at")))
    write(*changed, Insert(entry), *more)
    emitting.announce(entry)


def _entry(action: str, txn: Transaction, by: Actor) -> AuditRecord:
    facts = {"method": txn.method, "purpose": str(txn.purpose)}
    return audit.entry(action, by, txn.customer, txn, person=txn.user_id, facts=facts)


@transaction.atomic
def decide(link: Link, allow: bool, by: Actor) -> Judged:
    """The answer a person gave on a mailed link's page. The link is spent; only the first decision counts."""
    if link.customer is None:
        return Judged(Verdict.EXPIRED)
    txn, counter, at = locking.transaction_with_counter(link.customer, link.about)
    if txn is None or counter is None or not links.spend(link):
        return Judged(Verdict.EXPIRED)
    if txn.state != State.PENDING or txn.expires_at <= at or _is_out(txn, counter):
        return Judged(Verdict.EXPIRED)
    if allow:
        return _pass(txn, counter, None, by, at)
    txn.state, txn.closed_at = State.DENIED, at
    entry = _entry("mfa.denied", txn, by)
    write(Update(txn, _ENDED), Insert(entry))
    emitting.announce(entry)
    return Judged(Verdict.PASSED)


@transaction.atomic
def cancel(customer: Customer, public_id: str, by: Actor) -> bool:
    """End an open transaction that nobody will answer; False when it had ended."""
    now = timezone.now()
    mine = Transaction.objects.filter(customer=customer, public_id=public_id, state=State.PENDING)
    return bool(mine.update(state=State.EXPIRED, closed_at=now))


def status(public_id: str) -> str:
    """The state a poller is told, in one indexed read; an answer may be read again for a minute, then it is EXPIRED."""
    row = (
        Transaction.objects.filter(public_id=public_id[:22])
        .annotate(at=DatabaseTime())
        .values_list("state", "expires_at", "closed_at", "at")
        .first()
    )
    if row is None:
        return "unknown"
    state, expires_at, closed_at, at = row
    if state == State.PENDING:
        return str(State.PENDING if expires_at > at else State.EXPIRED)
    return str(state) if closed_at is not None and closed_at > at - ANSWER_LASTS else "unknown"


def open_kba(user: User) -> Transaction | None:
    """The newest open transaction whose answers name no transaction (the dialect's KBA)."""
    keys = [key for key, method in METHODS.items() if method.asks_questions]
    mine = Transaction.objects.filter(user=user, method__in=keys, state=State.PENDING, expires_at__gt=timezone.now())
    return mine.exclude(asked=[]).order_by("-pk").first()
