"""What a person may add on our own pages, and the proof of an address that they add there."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from accounts.models import User
from mfa.contract import METHODS, Addresses, Begun, Judged, Method, Reason, Refusal, Verdict
from mfa.models import Authenticator, Transaction
from mfa.policies import Effective
from mfa.verbs import asking, enrolling, judging, locking, owning
from mfa.verbs.offering import is_offered

State = Transaction.State


def addable(user: User, rules: Effective, *, as_factor: bool = False) -> list[Method]:
    """The methods that this person may add, strongest first; where it must be a factor, no way back in.

    A code to several addresses at once works by itself once all of them are known, so it is offered until then.
    """
    known = Addresses(user.email, str(user.phone or ""))
    found = []
    for method in METHODS.values():
        if not method.is_own or not rules.allows(method) or (as_factor and method.is_standby):
            continue
        if method.channels and (not is_offered(method, user.customer) or user.customer.strict_addresses):
            continue
        if len(method.channels) > 1 and method.address_of(known):
            continue
        found.append(method)
    return sorted(found, key=lambda method: (method.is_standby, -method.assurance, method.rank))


@transaction.atomic
def begin_address(user: User, method: str, address: str, rules: Effective, by: Actor) -> Begun | Refusal:
    """Send a code or a link to an address that the person wants to add."""
    chosen = METHODS[method]
    if len(chosen.channels) != 1:
        return Refusal(Reason.NO_ADDRESS)
    email, phone = (address, "") if "email" in chosen.channels else ("", address)
    return asking.begin(user.customer, method=method, user=user, by=by, rules=rules, email=email, phone=phone)


@transaction.atomic
def drop_switched_off(user: User, method: str, by: Actor) -> None:
    """Remove what a hundred wrong answers switched off, for whoever may bind it anew; its secret never comes back."""
    for one in Authenticator.objects.filter(user=user, method=method, expires_at=None).exclude(off_at=None):
        one.user = user
        enrolling.retire(one)
        audit.record("mfa.reset", by, user.customer, one, person=user.pk, facts={"method": method})
        one.delete()


def confirm_address(user: User, public_id: str, response: Any, by: Actor, *, visitor: str = "") -> Judged:
    """Judge the proof of an address that `begin_address` asked for; a right one binds it to the person.

    For a method whose answer comes by a link the transaction says how it went.
    """
    txn = open_proof(user, public_id)
    if txn is None:
        return Judged(Verdict.EXPIRED)
    if METHODS[txn.method].polls:
        return _by_link(user, public_id, by)
    judged = judging.verify(user.customer, public_id, response, by, visitor=visitor)
    return _bound(user, judged, by)


def open_proof(user: User, public_id: str) -> Transaction | None:
    """The person's own transaction of this id; another's is not found."""
    mine = Transaction.objects.filter(customer=user.customer, user=user, public_id=public_id[:22])
    return mine.select_related("authenticator").first() if public_id.isascii() and public_id.isprintable() else None


@transaction.atomic
def _by_link(user: User, public_id: str, by: Actor) -> Judged:
    """Whether the link was allowed. It counts once: both rows are locked while the address is bound."""
    txn, counter, at = locking.transaction_with_counter(user.customer, public_id)
    if txn is None or not isinstance(counter, Authenticator):
        return Judged(Verdict.EXPIRED)
    if txn.state == State.PENDING and txn.expires_at > at:
        return Judged(Verdict.WRONG, tries_left=txn.tries_allowed - txn.tries)
    if txn.state != State.APPROVED or counter.bound_here:
        return Judged(Verdict.EXPIRED)
    return _bound(user, Judged(Verdict.PASSED, authenticator=counter), by)


def _bound(user: User, judged: Judged, by: Actor) -> Judged:
    if judged.verdict is Verdict.PASSED and judged.authenticator is not None:
        judged.authenticator.user = user
        owning.bind(judged.authenticator, by)
    return judged
