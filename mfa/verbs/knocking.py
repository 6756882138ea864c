"""The door of the person's own pages: who knocks by a name, is asked, and answers. Known or not, all goes one way.

A knock is one row whatever the name (security.md S21): what it takes to ask is a worker's, after the answer is on its
way. An answer costs the same statements and the same hash for a name of nobody's, whose wrong answers count as well.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts import audit, crypto, limits, names
from accounts import verbs as accounts
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.http import NOWHERE
from accounts.limits import HOUR, Limit
from accounts.models import Customer, User
from accounts.together import Update, write
from accounts.verbs.people import end_users
from mfa import guessing, policies
from mfa.contract import METHODS, Begun, Judged, Method, Verdict
from mfa.models import AddressGuard, Transaction, Visit
from mfa.policies import Effective
from mfa.verbs import asking, judging, locking, offering, recovering, risking, visiting

log = structlog.get_logger()
LASTS = timedelta(minutes=10)
KNOCKS = 5


def at_the_door(rules: Effective, customer: Customer) -> list[Method]:
    """The methods that the door asks by name: those of the policy, for whoever it may be.

    Not what others gave; not questions, which would be somebody's own; not what says itself who answers.
    """
    found = [
        method
        for method in METHODS.values()
        if method.is_own and not method.asks_questions and not method.identifies and not method.polls
    ]
    found = [method for method in found if rules.allows(method) and offering.is_offered(method, customer)]
    return sorted(found, key=lambda method: (method.is_standby, -method.assurance, method.rank))


RECOVERY = ""  # in place of a method: who knocks has lost them all


@transaction.atomic
def knock(customer: Customer, username: str, method: str, browser: str) -> Visit:
    """Note who wants in and by which method; what is sent is sent by a worker, and only to somebody we know.

    `browser` is the cookie of the browser, which once it was let in has a lane of its own for wrong answers.
    """
    user = accounts.find_user(customer, username)
    visit = Visit(customer=customer, user=user, purpose=Visit.Purpose.OWN_PAGES, method=method)
    visit.browser = visiting.hashed(browser)
    visit.username, visit.created_at = username[: names.MAX_LENGTH], timezone.now()
    visit.expires_at = visit.created_at + LASTS
    visit.save(force_insert=True)
    if method == RECOVERY or METHODS[method].channels:
        transaction.on_commit(_call_worker)
    return visit


def _call_worker() -> None:
    try:
        current_app.send_task("mfa.tasks.ask_who_knocked")
    except OperationalError:
        log.warning("who knocked waits for beat", reason="the broker cannot be reached")


def ask_who_knocked(at: datetime | None = None) -> int:
    """Ask those whom nobody asked yet, and say how many. Each row is locked, so that each is asked once."""
    at = at or timezone.now()
    sent = [RECOVERY, *(key for key, method in METHODS.items() if method.channels)]
    waiting = Visit.objects.filter(created_at__gt=at - LASTS, purpose=Visit.Purpose.OWN_PAGES, method__in=sent, sent=0)
    return sum(_ask(pk, at) for pk in waiting.exclude(user=None).values_list("pk", flat=True)[:100])


@transaction.atomic
def _ask(pk: Any, at: datetime) -> bool:
    rows = Visit.objects.select_for_update(of=("self",), skip_locked=True).select_related("user", "customer")
    visit = rows.filter(pk=pk, sent=0, state=Visit.State.PENDING).first()
    if visit is None or visit.user is None or not visit.is_open(at):
        return False
    visit.sent = 1
    visit.user.customer = visit.customer
    by = audit.stranger(NOWHERE)
    if visit.method == RECOVERY:
        recovering.begin(visit.user, by)
        visit.save(update_fields=["sent"])
        return True
    if limits.hit([_knocks(visit)]) is not None:
        visit.save(update_fields=["sent"])
        return False
    rules = policies.effective(visit.customer, user=visit.user)
    begun = asking.begin(
        visit.customer,
        method=visit.method,
        user=visit.user,
        by=by,
        rules=rules,
        asks_terms=False,
        for_rights=True,  # all that the door opens to somebody whose data is out of use
        visitor=f"visit {visit.public_id}",  # the lane is the answer's to find: the worker knows no network
    )
    if isinstance(begun, Begun):
        visit.transaction = begun.transaction
    visit.save(update_fields=["sent", "transaction"])
    return True


def _knocks(visit: Visit) -> Limit:
    """How often somebody is sent something because their name was typed. Strangers share what they may bring about.

    It is less than may be sent to one person, and a browser that was let in counts by itself: so nobody who knows a
    name uses up, or ends, the codes of whoever signs in by it (security.md S20).
    """
    is_known = visiting.has_lane(visit.user_id, visit.browser, visit.method)
    return Limit("knocks", f"{visit.user_id} {visit.browser if is_known else ''}", KNOCKS, HOUR)


@transaction.atomic
def answer(visit: Visit, response: Any, by: Actor) -> Judged:
    """Judge what whoever knocked answered. PASSED names the authenticator, whose user is who they are."""
    if not visit.is_open():
        return Judged(Verdict.EXPIRED)
    has_lane = visiting.has_lane(visit.user_id, visit.browser, visit.method)
    visitor = f"browser {visit.browser}" if has_lane else by.source.network_prefix
    user, method = visit.user, METHODS[visit.method]
    if user is not None and not user.is_active:
        user = None
    if method.channels:
        judged = _judge_sent(visit, user, method, response, by, visitor)
    else:
        judged = _judge_own(visit, user, method, response, by, visitor)
    if judged.verdict is Verdict.PASSED:
        visit.state, visit.closed_at = Visit.State.APPROVED, timezone.now()
        if visit.transaction is None:
            proved = Transaction.objects.filter(authenticator=judged.authenticator, state=Transaction.State.APPROVED)
            visit.transaction = proved.order_by("-pk").first()
        visit.save(update_fields=["state", "closed_at", "transaction"])
    return judged


def _judge_sent(visit: Visit, user: User | None, method: Method, response: Any, by: Actor, visitor: str) -> Judged:
    if user is not None and visit.transaction is not None:
        txn = visit.transaction
        return judging.verify(visit.customer, txn.public_id, response, by, visitor=visitor, for_rights=True)
    with transaction.atomic():
        locking.usable_of(uuid4(), (method.key,))
        return _judge_nobody(visit, method, response, by)


def _judge_own(visit: Visit, user: User | None, method: Method, response: Any, by: Actor, visitor: str) -> Judged:
    known, at = locking.usable_of(user.pk if user is not None else uuid4(), (method.key,))
    if known is None or user is None:
        return _judge_nobody(visit, method, response, by)
    known.user, known.customer = user, visit.customer
    return judging.judge_directly(known, response, by, at, visitor=visitor, for_rights=True)


def _judge_nobody(visit: Visit, method: Method, response: Any, by: Actor) -> Judged:
    """What an answer of nobody's costs: the hash, and a wrong answer more for this name."""
    digest = crypto.keyed_hash("nobody at the door", names.counted(visit.username), method.key)
    guard, _made = AddressGuard.objects.select_for_update(no_key=True).get_or_create(
        customer=visit.customer, address_hash=digest
    )
    at = timezone.now()
    txn = Transaction.objects.filter(guard=guard, state=Transaction.State.PENDING).first()
    if guard.wait_until is not None and guard.wait_until > at:
        return Judged(Verdict.THROTTLED)
    blank = txn or Transaction(customer=visit.customer, method=method.key, key_id=crypto.newest_key_id())
    method.judge(blank, None, response, at)  # whatever it says
    guard.failures, guard.changed_at = guard.failures + 1, at
    wait = guessing.wait_after(guard.failures, guessing.LONGEST_WAIT)
    guard.wait_until = at + wait if wait else None
    write(Update(guard, ("failures", "wait_until", "changed_at")), *risking.missed(visit.customer, None, None, by))
    return Judged(Verdict.WRONG)


def recognised(customer: Customer, judged: Judged) -> User | None:
    """The customer's end user whom a passed answer without a name is from; members have their own door."""
    found = judged.authenticator
    if judged.verdict is not Verdict.PASSED or found is None:
        return None
    return end_users(customer).filter(pk=found.user_id).first()


def opens(method: Method, rules: Effective) -> bool:
    """Whether this one proof is enough for the person's own pages. A mailbox alone never is."""
    if not method.is_own or method.assurance <= Assurance.WEAK or not rules.allows(method):
        return False
    return not method.identifies or bool(rules.value(policies.Rule.PASSKEY_ALONE))
