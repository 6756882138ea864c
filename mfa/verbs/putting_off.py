"""Putting enrolment off: what is left of a person's grace, and being let in without a second factor by it."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from mfa.models import Grace, Visit
from mfa.policies import Effective
from mfa.verbs import joining, visiting
from mfa.verbs.visiting import Stage


def grace(visit: Visit, rules: Effective) -> Grace | None:
    """What is left of the person's grace, begun at the first look; None when enrolment can be put off no more."""
    found = Grace(began_at=timezone.now())  # of somebody whom we do not know yet
    if visit.user is not None:
        found, _made = Grace.objects.get_or_create(user=visit.user)
    return found if rules.may_skip(found.began_at, found.skips, timezone.now()) else None


@transaction.atomic
def skip(visit: Visit, rules: Effective, by: Actor) -> bool:
    """Put enrolment off once more and let the person in; False when that is over. Two windows count as two."""
    if not visiting.lock(visit) or visiting.offer(visit, rules).stage is not Stage.ENROL:
        return False
    if grace(visit, rules) is None:
        return False
    if visit.user is None and not joining.join(visit, rules, by.source):
        return False
    Grace.objects.get_or_create(user=visit.user)
    locked = Grace.objects.select_for_update(no_key=True).get(user=visit.user)
    if not rules.may_skip(locked.began_at, locked.skips, timezone.now()):
        return False
    locked.skips += 1
    locked.save(update_fields=["skips"])
    visit.skipped = True
    visiting.close(visit, Visit.State.APPROVED, method="")
    audit.record("mfa.put_off", by, visit.customer, visit, person=visit.user_id, facts={"times": locked.skips})
    return True
