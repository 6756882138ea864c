"""Putting enrolment off: what is left of a person's grace, and being let in without a second factor by it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Membership, User
from mfa.models import Grace, Visit
from mfa.policies import Effective, Rule
from mfa.verbs import joining, visiting
from mfa.verbs.visiting import Stage


@dataclass(frozen=True)
class Left:
    """Until which day, or how often, enrolment may be put off; neither where it is up to the person."""

    until: date | None
    times: int


def left(user: User | None, rules: Effective, *, counted: bool = False) -> Left | None:
    """What is left of somebody's grace; None when enrolment can be put off no more. Looking counts nothing.

    `counted` says that they have put it off just now: that one time does not stand against them.
    """
    known = Grace.objects.filter(user=user).first() if user is not None else None
    grace = known or Grace(began_at=timezone.now())
    if not rules.may_skip(grace.began_at, grace.skips - counted, timezone.now()):
        return None
    until = rules.value(Rule.GRACE_UNTIL)
    day = date.fromisoformat(until) if until else None
    is_ahead = day is not None and day >= timezone.now().date()
    return Left(day if is_ahead else None, max(0, rules.value(Rule.GRACE_SKIPS) - grace.skips))


@transaction.atomic
def skip(visit: Visit, rules: Effective, by: Actor) -> bool:
    """Put enrolment off once more and let the person in; False when that is over. Two windows count as two."""
    if not visiting.lock(visit) or visiting.offer(visit, rules).stage is not Stage.ENROL:
        return False
    if left(visit.user, rules) is None:
        return False
    if visit.user is None and not joining.join(visit, rules, by.source):
        return False
    times = _count(visit.user, rules)
    if not times:
        return False
    visit.skipped = True
    visiting.close(visit, Visit.State.APPROVED, method="")
    audit.record("mfa.put_off", by, visit.customer, visit, person=visit.user_id, facts={"times": times})
    return True


@transaction.atomic
def skip_at_door(membership: Membership, rules: Effective, by: Actor) -> bool:
    """The same for a member at our own door: their count is one, however many customers they serve."""
    times = _count(membership.user, rules)
    if times:
        facts = {"times": times}
        audit.record("member.put_off", by, membership.customer, membership, person=membership.user_id, facts=facts)
    return bool(times)


def _count(user: User | None, rules: Effective) -> int:
    """How often this person has put it off now, under the lock of their count; 0 when that is over."""
    Grace.objects.get_or_create(user=user)
    locked = Grace.objects.select_for_update(no_key=True).get(user=user)
    if not rules.may_skip(locked.began_at, locked.skips, timezone.now()):
        return 0
    locked.skips += 1
    locked.save(update_fields=["skips"])
    return locked.skips
