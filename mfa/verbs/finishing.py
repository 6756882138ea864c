"""How a visit to the prompt ends: by a proof, by a browser that is trusted, by what was enrolled, or without any."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import Actor
from accounts.http import Source
from mfa.contract import METHODS, Judged, Verdict
from mfa.models import Transaction, TrustedDevice, Visit
from mfa.policies import Effective
from mfa.verbs import judging, risking, trusting, visiting
from rba.reading import NOTHING, Shown


@transaction.atomic
def answer(visit: Visit, response: Any, rules: Effective, by: Actor, *, visitor: str, shown: Shown = NOTHING) -> Judged:
    """Judge the answer to what was asked; a right one approves the visit, unless risk now asks for more.

    Only an answer that was given here does: a transaction of the same method that another face closed meanwhile, in
    another browser, says nothing about who sits before this page.
    """
    txn = visit.transaction
    if txn is None or METHODS[txn.method].polls or txn.purpose != Transaction.Purpose.SIGN_IN:
        return Judged(Verdict.EXPIRED)
    if not visiting.lock(visit):
        return Judged(Verdict.EXPIRED)
    judged = judging.verify(visit.customer, txn.public_id, response, by, visitor=visitor)
    if judged.verdict is Verdict.PASSED:
        _proved(visit, txn.method, rules, shown, by, is_told=True)
    return judged


def settle(visit: Visit, rules: Effective, shown: Shown, by: Actor) -> None:
    """Take over what the person decided on the page of a mailed link, if they did."""
    txn = visit.transaction
    if txn is not None and METHODS[txn.method].polls and txn.state != Transaction.State.PENDING:
        _take_over(visit, txn, rules, shown, by)


@transaction.atomic
def _take_over(visit: Visit, txn: Transaction, rules: Effective, shown: Shown, by: Actor) -> None:
    if not visiting.lock(visit):
        return
    if txn.state == Transaction.State.APPROVED and txn.purpose == Transaction.Purpose.SIGN_IN:
        if visit.proved_at is None:
            _proved(visit, txn.method, rules, shown, by, is_told=False)
    elif txn.state == Transaction.State.DENIED:
        visiting.close(visit, Visit.State.DENIED)


@transaction.atomic
def recognise(
    visit: Visit, cookie: str, rules: Effective, source: Source, by: Actor
) -> tuple[TrustedDevice, str] | None:
    """Approve the visit of a trusted device; the device and what its cookie is to hold next."""
    if visit.user is None or visit.risk in (Visit.Risk.STEP_UP, Visit.Risk.DENY) or not cookie:
        return None
    if not visiting.lock(visit):
        return None
    found = trusting.recognise(visit.user, visit.site, cookie, rules, source, by)
    if found is not None:
        visiting.close(visit, Visit.State.APPROVED, method="")
    return found


@transaction.atomic
def enrolled(visit: Visit, method: str, rules: Effective) -> None:
    """Approve the visit of somebody who has just enrolled, and so proved, what the policy wants."""
    if visiting.lock(visit) and risking.strict(visit, rules).allows(METHODS[method]) and not METHODS[method].is_standby:
        visiting.close(visit, Visit.State.APPROVED, method=method)


@transaction.atomic
def cancel(visit: Visit, by: Actor) -> None:
    """End a visit that the person does not want to finish."""
    if visiting.lock(visit):
        visiting.close(visit, Visit.State.CANCELLED)
        if visit.transaction is not None:
            judging.cancel(visit.customer, visit.transaction.public_id, by)


def _proved(visit: Visit, method: str, rules: Effective, shown: Shown, by: Actor, *, is_told: bool) -> None:
    """Approved where policy and risk let this method serve; else the person may go on to what they do."""
    if not rules.allows(METHODS[method]):
        visit.proved_at = timezone.now()
        visit.save(update_fields=["proved_at"])
    elif risking.conclude(visit, METHODS[method], shown, by, is_told=is_told):
        visiting.close(visit, Visit.State.APPROVED, method=method)
    elif visit.risk == Visit.Risk.DENY:
        visiting.close(visit, Visit.State.DENIED, **visiting.risk_of(visit))
    else:
        visit.transaction = None
        visit.save(update_fields=[*visiting.risk_of(visit), "transaction"])
