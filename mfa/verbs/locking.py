"""What an answer is weighed against, found and locked: an authenticator, a guard, a transaction.

These are the queries of every sign-in, so they are compiled once and read no more than a verdict depends on.
"""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Func, Model, Q, QuerySet
from django.utils import timezone

from accounts import crypto, names
from accounts.models import Customer
from accounts.prepared import prepared
from mfa.contract import METHODS, Reason, Refusal
from mfa.models import AddressGuard, Authenticator, Lane, Transaction

State = Transaction.State
Counter = Authenticator | AddressGuard
M = TypeVar("M", bound=Model)


class DatabaseTime(Func):
    """The database's clock at this very moment, not at the start of the statement, which may have waited for a lock."""

    function = "clock_timestamp"
    output_field = DateTimeField()


# Of an authenticator and its user; whatever else a method or a notice asks for is read then
_WEIGHED = (
    *("public_id", "customer", "method", "secret", "data", "last_step", "drift", "confirmed", "last_used_at"),
    *("suspended_at", "expires_at", "uses_left", "failures", "wait_until", "off_at"),
    *("user__customer", "user__disabled_at", "user__restricted_at", "user__erased_at", "user__agreed_terms"),
    "user__terms_withdrawn_at",
)


def lock(rows: Any) -> tuple[Any, datetime]:
    """One of the rows, locked until the transaction ends, and the database's time; None when there is none."""
    found = next(iter(_locking(rows)), None)
    return found, found.at if found is not None else timezone.now()


def _locking(rows: QuerySet[M]) -> QuerySet[M]:
    """Without an order: sorting by the primary key could make the planner walk that index instead of the person's."""
    timed: Any = rows.order_by().select_for_update(no_key=True, of=("self",)).annotate(at=DatabaseTime())
    locked: QuerySet[M] = timed[:1]
    return locked


def usable_of(user_id: UUID, methods: tuple[str, ...]) -> tuple[Authenticator | None, datetime]:
    """The user's lasting authenticator of one of these methods, locked."""
    return lock(_usable(methods).filter(user=user_id))


def usable_by_name(
    customer: Customer, username: str, methods: tuple[str, ...]
) -> tuple[Authenticator | None, datetime]:
    """As `usable_of`, for the customer's end user of this name: person and authenticator are found in one query."""
    try:
        name = names.canonical(username)
    except names.UnusableName:
        return None, timezone.now()
    found: Any = _by_name(methods=methods, customer_id=customer.pk, is_operator=customer.is_operator, name=name)
    return (found[0], found[0].at) if found else (None, timezone.now())


@prepared
def _by_name(*, methods: tuple[str, ...], customer_id: UUID, is_operator: bool, name: str) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = _of_name(_usable(methods), customer_id, is_operator, name)
    return _locking(found.only(*_WEIGHED))


def of_name(rows: Any, customer: Customer, username: str) -> Any:
    """Those authenticators that belong to the customer's end user of this name; members and staff are unknown here."""
    try:
        name = names.canonical(username)
    except names.UnusableName:
        return rows.none()
    return _of_name(rows, customer.pk, customer.is_operator, name)


def _of_name(rows: Any, customer_id: UUID, is_operator: bool, name: str) -> Any:
    mine = rows.filter(user__customer=customer_id, user__canonical_username=name, user__erased_at=None)
    mine = mine.filter(user__is_staff=False)
    mine = mine.filter(user__memberships=None) if is_operator else mine
    return mine.select_related("user")


def _usable(methods: tuple[str, ...]) -> Any:
    lasting = Authenticator.objects.filter(method__in=methods, expires_at=None)
    return lasting.filter(confirmed=True, suspended_at=None)


def open_of(counter: Authenticator, at: datetime) -> Transaction | None:
    """The person's open transaction of this method, locked."""
    return next(iter(_open_of(user_id=counter.user_id, method=counter.method, at=at)), None)


@prepared
def _open_of(*, user_id: UUID, method: str, at: datetime) -> QuerySet[Transaction]:
    open_ones = Transaction.objects.filter(user=user_id, method=method, state=State.PENDING, expires_at__gt=at)
    return open_ones.select_for_update(no_key=True).order_by()[:1]


def lane(counter: Counter, visitor: str) -> Lane | None:
    """Where a visitor's wrong answers count, made at first need; an address of nobody's has no lanes."""
    if not visitor or not isinstance(counter, Authenticator):
        return None
    found, _made = Lane.objects.get_or_create(authenticator=counter, source=_lane_name(counter, visitor))
    return found


def waiting(counter: Counter | None, visitor: str, now: datetime) -> Refusal | None:
    """Whether a visitor must wait before they are asked: in their own lane, whatever others did; without one as all.

    Makes nothing for who only asks.
    """
    if counter is None:
        return None
    if counter.off_at:
        return Refusal(Reason.WAITING)
    until = counter.wait_until
    if visitor and isinstance(counter, Authenticator):
        mine = Lane.objects.filter(authenticator=counter, source=_lane_name(counter, visitor))
        until = mine.values_list("wait_until", flat=True).first()
    return Refusal(Reason.WAITING, int((until - now).total_seconds()) + 1) if until and until > now else None


def _lane_name(counter: Authenticator, visitor: str) -> str:
    return crypto.keyed_hash("lane", str(counter.pk), visitor)


@prepared
def fitting(*, user_id: UUID, method: str, digest: str, now: datetime) -> QuerySet[Authenticator]:
    """A person's authenticators of this method and address, and those that let them in once; all locked."""
    mine = Authenticator.objects.filter(user=user_id, method=method).select_for_update(no_key=True)
    return mine.filter(Q(address_hash=digest) | Q(expires_at__gt=now, uses_left__gt=0))


def end_older(txn: Transaction, now: datetime) -> None:
    """End the open transactions of the same person and method, or of the same address of nobody's.

    By hand, since putting it into words takes Django longer than PostgreSQL needs for it (docs/performance.md).
    """
    whose = "guard_id = %s"
    named: list[Any] = [txn.guard_id]
    if txn.user_id is not None:
        whose, named = "user_id = %s AND method = %s", [txn.user_id, txn.method]
    change = f"UPDATE mfa_transaction SET state = %s, closed_at = %s WHERE state = 'pending' AND {whose}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(change, [State.EXPIRED.value, now, *named])


def transaction_with_counter(
    customer: Customer, public_id: str
) -> tuple[Transaction, Counter, datetime] | tuple[None, None, datetime]:
    """A transaction and what counts wrong answers to it, both locked, the latter first.

    That is its authenticator, or the guard of an address of nobody's.
    """
    named: dict[str, Any] = {"customer_id": customer.pk, "public_id": public_id[:22]}
    counters: list[Any] = _authenticator_of(**named) or _guard_of(**named)
    found = _named(**named) if counters else []
    if not found:
        return None, None, timezone.now()
    found[0].customer = customer
    return found[0], counters[0], counters[0].at


def transaction_with_named(
    customer: Customer, public_id: str, response: Any
) -> tuple[Transaction | None, Authenticator | None, datetime]:
    """A transaction whose response names the authenticator, and that one if it is the person's; both locked."""
    bare = Transaction.objects.filter(customer=customer, public_id=public_id[:22], authenticator=None, guard=None)
    asked = bare.first()
    if asked is None or not METHODS[asked.method].has_several:
        return None, None, timezone.now()
    method = METHODS[asked.method]
    named = {"customer": customer, "method": asked.method, "address_hash": method.names_authenticator(response)}
    mine = Authenticator.objects.filter(**named, confirmed=True, expires_at=None).select_related("user")
    owner = {"user": asked.user_id} if asked.user_id else {"user__public_id": method.names_user(response)}
    counter, at = lock(mine.filter(**owner)) if named["address_hash"] else (None, timezone.now())
    txn = bare.select_for_update(no_key=True).first()
    if txn is not None:
        txn.customer = customer
    return txn, counter, at


@prepared
def _authenticator_of(*, customer_id: UUID, public_id: str) -> QuerySet[Authenticator]:
    its = Transaction.objects.filter(customer=customer_id, public_id=public_id).values("authenticator_id")
    return _locking(Authenticator.objects.select_related("user").filter(pk__in=its).only(*_WEIGHED))


@prepared
def _guard_of(*, customer_id: UUID, public_id: str) -> QuerySet[AddressGuard]:
    its = Transaction.objects.filter(customer=customer_id, public_id=public_id).values("guard_id")
    return _locking(AddressGuard.objects.filter(pk__in=its))


@prepared
def _named(*, customer_id: UUID, public_id: str) -> QuerySet[Transaction]:
    named = Transaction.objects.filter(customer=customer_id, public_id=public_id)
    return named.select_for_update(no_key=True).order_by()[:1]
