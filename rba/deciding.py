"""What is to happen with an attempt: every rule of the customer's policy is asked, and the strictest answer holds.

1. Every rule says what it wants, or nothing. A trusted address is spared the rules below the lists of addresses, but
   never the one for when there is no answer.
2. The strictest answer decides: a refusal over more proof, proof that is worth more over less. Of equal ones the rule
   that comes first in `rba.rules.ORDER` is named. A notice goes out if any rule that applies wants one.
3. An address on the never-block list is not refused: more proof is asked for.
4. A policy that only reports decides nothing: what it would have done is noted. Caution after a report or an erasure
   holds all the same: the person asked for it.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from accounts.assurance import Assurance
from accounts.models import Customer
from rba.contract import Outcome, Scored
from rba.models import RiskPolicy
from rba.policy import DEFAULT, RiskRules
from rba.rules import Action, Asked, Band, Facts, Rule, Wrong

log = structlog.get_logger()

FIRST_WEEKS = timedelta(weeks=4)  # in which what nobody wrote only reports
READ_FOR = 10.0  # seconds for which a process goes on with what it read: so late a published policy may hold
ADDS_NOTHING = Action(Outcome.ALLOW)


@dataclass(frozen=True)
class Ruling:
    """A decision. `verdict` holds; ALLOW means that risk asks for nothing on top, never that a proof may be left out.

    `would` is what the policy wants: the same, unless it only reports. `minimum` is the least that a proof must be
    worth (NONE unless more proof is asked for). `contact` names a human way on for whoever is refused; empty: the site.
    """

    verdict: Outcome
    minimum: Assurance
    notice: bool
    band: Band
    rule: str  # the key of the rule that decided
    would: Action
    report_only: bool = False
    spared: bool = False  # the never-block list kept a refusal away
    rules: tuple[str, ...] = ()  # all that applied, in order
    contact: str = ""
    version: int = 0


@dataclass(frozen=True)
class _Read:
    """A customer's published policies, as they were read; `site` None is for all sites without one of their own."""

    by_site: Mapping[UUID | None, RiskRules]
    created_at: datetime
    until: float


_read: dict[UUID, _Read] = {}


def decide(
    customer_id: UUID, site_id: UUID | None, user_id: UUID | None, score: Scored | None, facts: Facts, at: datetime
) -> Ruling:
    """Decide by the policy in force. `score` None: the engine failed, and more proof is asked for, never less."""
    try:
        rules = in_force(customer_id, site_id, at)
    except Wrong as error:
        log.error("a risk policy cannot be read", user=str(user_id), customer=str(customer_id), field=error.field)
        return rule_on(RiskRules.of(DEFAULT), None, facts, at)
    return rule_on(rules, score, facts, at)


def rule_on(policy: RiskRules, score: Scored | None, facts: Facts, at: datetime) -> Ruling:
    """The same for a policy at hand: pure, for decisions, drafts and tests alike."""
    asked = Asked(score, facts, at)
    spoken = _spoken(policy, asked)
    spared = policy.never_block.covers(facts.address) and any(one.outcome is Outcome.DENY for _rule, one in spoken)
    if spared:
        spoken = [(rule, action.softened) for rule, action in spoken]
    rule, action = max(spoken, key=lambda one: one[1].strength)
    would = replace(action, notice=any(one.notice for _rule, one in spoken))
    holds = would
    if policy.report_only:
        holds = next((wanted for one, wanted in spoken if not one.is_written), ADDS_NOTHING)
    return Ruling(
        verdict=holds.outcome,
        minimum=holds.minimum if holds.outcome is Outcome.STEP_UP else Assurance.NONE,
        notice=holds.notice,
        band=policy.bands.band(asked),
        rule=rule.key,
        would=would,
        report_only=policy.report_only,
        spared=spared,
        rules=tuple(one.key for one, _wanted in spoken),
        contact=policy.contact,
        version=policy.version,
    )


def _spoken(policy: RiskRules, asked: Asked) -> list[tuple[Rule, Action]]:
    """The rules that apply, each with what it wants: at least one, since there is a score or there is none."""
    wanted = [(rule, rule.speaks(asked)) for rule in policy.rules]
    spoken = [(rule, action) for rule, action in wanted if action is not None]
    if any(rule.key == "addresses" and action.outcome is Outcome.ALLOW for rule, action in spoken):
        return [(rule, action) for rule, action in spoken if not rule.yields]
    return spoken


def in_force(customer_id: UUID, site_id: UUID | None, at: datetime) -> RiskRules:
    """The policy that holds at a site: its own, else the customer's, else the one that nobody had to write."""
    known = _read.get(customer_id)
    if known is None or known.until < time.monotonic():
        known = _read[customer_id] = _load(customer_id)
    found = known.by_site.get(site_id) or known.by_site.get(None)
    if found is not None:
        return found
    return replace(RiskRules.of(DEFAULT), report_only=at < known.created_at + FIRST_WEEKS)


def forget(customer_id: UUID) -> None:
    """Read a customer's policies anew: one was published."""
    _read.pop(customer_id, None)


def _load(customer_id: UUID) -> _Read:
    created_at = Customer.objects.values_list("created_at", flat=True).get(pk=customer_id)
    newest: Mapping[Any, RiskPolicy] = {one.site_id: one for one in RiskPolicy.published(customer_id)}
    by_site = {site: RiskRules.of(one.document, one.version) for site, one in newest.items()}
    return _Read(by_site, created_at, time.monotonic() + READ_FOR)
