"""What a person says of a sign-in: that it was theirs, which teaches, or not, which closes what is open."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import AuditRecord, Membership, Role, User
from accounts.verbs import sessions
from mfa import policies
from mfa.models import Transaction, Visit
from mfa.verbs import owning, trusting
from rba import own
from rba.models import RiskDecision

NOT_ME, WAS_ME = "mfa.not_me", "mfa.was_me"
MOST_SAID = 1000  # records of one person that are looked through


def best_of(user: User) -> Assurance:
    """How strong a proof somebody can give at most, codes in reserve aside."""
    rules = policies.effective(user.customer, user=user)
    usable = [one.method for one in owning.owned(user, rules) if one.is_usable and not one.method.is_standby]
    return max((method.assurance for method in usable if rules.allows(method)), default=Assurance.WEAK)


def decisions_of(txns: Iterable[Transaction]) -> dict[UUID, RiskDecision]:
    """What risk made of each sign-in, by its own name or by that of the visit in which it was asked for."""
    by_id = {txn.pk: txn for txn in txns}
    if not by_id:
        return {}
    names = {txn.public_id: txn.pk for txn in by_id.values()}
    names |= dict(Visit.objects.filter(transaction__in=by_id).values_list("public_id", "transaction"))
    customers = {txn.customer_id for txn in by_id.values()}
    rows = RiskDecision.objects.filter(customer__in=customers, name__in=names, failed=False).select_related("customer")
    return {names[row.name]: row for row in rows if row.user_id == by_id[names[row.name]].user_id}


def said_of(user: User) -> dict[str, str]:
    """What the person has said of which sign-in, by its id; that it was somebody else stands whatever came after."""
    rows = AuditRecord.objects.filter(person=user.pk, action__in=(NOT_ME, WAS_ME)).order_by("pk")
    said: dict[str, str] = {}
    for about, action in rows.values_list("object_id", "action")[:MOST_SAID]:
        said[about] = NOT_ME if said.get(about) == NOT_ME else action
    return said


@transaction.atomic
def not_me(user: User, txn: Transaction, by: Actor, *, keep: str | None = None) -> bool:
    """Record it, end other sessions and every trust, take back what it taught, tell the customer's owners.

    False where it was said already: then nothing happens twice.
    """
    Transaction.objects.select_for_update(no_key=True).get(pk=txn.pk)
    if said_of(user).get(txn.public_id) == NOT_ME:
        return False
    _close(user, by, keep)
    decision = decisions_of([txn]).get(txn.pk)
    if decision is not None:
        own.not_mine(decision, best_of(user))
    else:
        own.careful_after(user, best_of(user))
    facts = {"method": txn.method, "state": str(txn.state)}
    audit.record(NOT_ME, by, user.customer, txn, person=user.pk, facts=facts)
    _tell_owners(user, txn.method, txn.site.name if txn.site is not None else "", txn.created_at.isoformat())
    return True


@transaction.atomic
def was_me(user: User, txn: Transaction, by: Actor) -> bool:
    """Learn from it, once. False where the person said before that it was somebody else."""
    Transaction.objects.select_for_update(no_key=True).get(pk=txn.pk)
    said = said_of(user).get(txn.public_id)
    if said is None:
        decision = decisions_of([txn]).get(txn.pk)
        if decision is not None:
            own.mine(decision)
        audit.record(WAS_ME, by, user.customer, txn, person=user.pk, facts={"method": txn.method})
    return said != NOT_ME


@transaction.atomic
def not_my_attempt(user: User, decision: RiskDecision, by: Actor) -> bool:
    """The same for an attempt that a notice told of, whether or not a proof was asked for."""
    txn = _asked_for(user, decision)
    if txn is not None:
        return not_me(user, txn, by)
    RiskDecision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    if said_of(user).get(str(decision.pk)) == NOT_ME:
        return False
    _close(user, by, None)
    own.not_mine(decision, best_of(user))
    audit.record(NOT_ME, by, user.customer, decision, person=user.pk)
    _tell_owners(user, "", decision.site.name if decision.site is not None else "", decision.made_at.isoformat())
    return True


@transaction.atomic
def was_my_attempt(user: User, decision: RiskDecision, by: Actor) -> bool:
    """As `was_me`, for an attempt that a site tells of, whether or not a proof was asked for."""
    txn = _asked_for(user, decision)
    if txn is not None:
        return was_me(user, txn, by)
    RiskDecision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    said = said_of(user).get(str(decision.pk))
    if said is None:
        own.mine(decision)
        audit.record(WAS_ME, by, user.customer, decision, person=user.pk)
    return said != NOT_ME


def _asked_for(user: User, decision: RiskDecision) -> Transaction | None:
    """The proof that was asked for, if one was: by the decision's own name or by that of its visit."""
    mine = Transaction.objects.filter(customer=decision.customer_id, user=user).select_related("site")
    visit = Visit.objects.filter(customer=decision.customer_id, public_id=decision.name).first()
    if visit is not None and visit.transaction_id is not None:
        return mine.filter(pk=visit.transaction_id).first()
    return mine.filter(public_id=decision.name).first()


def transactions_of(decisions: Iterable[RiskDecision]) -> dict[UUID, str]:
    """The public id of the proof that was asked for with each decision, by the decision's id; in two queries."""
    by_name = {row.name: row for row in decisions}
    customers = {row.customer_id for row in by_name.values()}
    if not by_name:
        return {}
    asked = Transaction.objects.filter(customer__in=customers, public_id__in=by_name)
    visits = Visit.objects.filter(customer__in=customers, public_id__in=by_name).exclude(transaction=None)
    found = [(name, name) for name in asked.values_list("public_id", flat=True)]
    found += visits.values_list("public_id", "transaction__public_id")
    return {by_name[name].pk: public_id for name, public_id in found}


def _close(user: User, by: Actor, keep: str | None) -> None:
    sessions.end_sessions(user, by, keep=keep)
    trusting.revoke_all(user, by)


def _tell_owners(user: User, method: str, site: str, at: str) -> None:
    context = {"username": user.username, "method": method, "where": site, "at": at}
    owners = Membership.objects.filter(customer=user.customer, role=Role.OWNER).select_related("user")
    for owner in owners.order_by("created_at")[:10]:
        messages.queue(
            NOT_ME, customer=user.customer, user=owner.user, channel="email", to=owner.user.email, context=context
        )
