"""foresee(): what would happen to a user at a site, without asking anybody anything."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from accounts.models import Site, User
from mfa import policies
from mfa.models import Grace, TrustedDevice, Visit
from mfa.policies import Effective, Enforcement, Rule
from mfa.verbs import visiting
from mfa.verbs.offering import Way
from mfa.verbs.visiting import Stage


class Outcome(StrEnum):
    """How a sign-in would begin."""

    ALLOW = "allow"  # let in without a proof
    ASK = "ask"
    ENROL = "enrol"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Foreseen:
    """The outcome with what it rests on. `ways` are those that would be offered; `by_old` says that they are ways that
    the policy does not let serve, to be proved before another is added. `skips` is how often enrolment was put off."""

    outcome: Outcome
    ways: list[Way]
    rules: Effective
    by_old: bool
    may_skip: bool
    skips: int
    trusted: int


def foresee(user: User, site: Site | None = None) -> Foreseen:
    """What the prompt would do with this user at this site, were they to come now in a browser that is not trusted."""
    rules = policies.effective(user.customer, site, user)
    offer = visiting.offer(Visit(customer=user.customer, user=user, site=site), rules)
    grace = Grace.objects.filter(user=user).first() or Grace(user=user)
    now = timezone.now()
    devices = TrustedDevice.objects.filter(user=user, site=site, ended_at=None, expires_at__gt=now)
    return Foreseen(
        outcome=_outcome(offer.stage, rules),
        ways=offer.ways,
        rules=rules,
        by_old=offer.stage is Stage.PROVE_FIRST,
        may_skip=offer.stage is Stage.ENROL and rules.may_skip(grace.began_at, grace.skips, now),
        skips=grace.skips,
        trusted=devices.count(),
    )


def _outcome(stage: Stage, rules: Effective) -> Outcome:
    if stage is Stage.ENROL and rules.value(Rule.ENFORCEMENT) == Enforcement.OPTIONAL:
        return Outcome.ALLOW
    stages = {Stage.PROVE: Outcome.ASK, Stage.HELP: Outcome.REFUSE}
    return stages.get(stage, Outcome.ENROL)
