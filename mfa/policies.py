"""What a customer's policy says for one user at one site, and which scope decided each rule.

Precedence, narrowest first: the user's group at the site, the site, the user's group, the customer, the default. Each
rule is looked for by itself, so a scope says only what it wants otherwise. Of several groups the lowest position
decides.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.assurance import Assurance
from accounts.models import Customer, Site, User
from mfa.contract import METHODS, Method
from mfa.models import Policy


class Enforcement(StrEnum):
    """What becomes of a user who has no second factor yet."""

    REQUIRED = "required"  # must enrol, after the grace
    OPTIONAL = "optional"  # is offered to, and let in without


class Rule(StrEnum):
    """The keys of a policy's rules."""

    METHODS = "methods"  # list of keys that may serve; None for all
    ASSURANCE = "assurance"  # the least that a proof must be worth (Assurance)
    ENFORCEMENT = "enforcement"
    GRACE_UNTIL = "grace_until"  # enrolment may be put off until this date (ISO), None for no date
    GRACE_SKIPS = "grace_skips"  # how often it may be put off
    REMEMBER_DAYS = "remember_days"  # how long a device may be trusted, 0 for never
    REMEMBER_DEVICES = "remember_devices"  # how many at once
    RESENDS = "resends"  # how often a visit may send a code again
    TRIES = "tries"  # wrong answers that end a transaction
    SMS_COUNTRIES = "sms_countries"  # list of country codes, None for the customer's own list
    ADD_UNKNOWN = "add_unknown"  # whom a site names at the prompt and we do not know is added, and enrols
    LINK_DAYS = "link_days"  # how long a mailed link for an enrolment works
    VERIFY_USER = "verify_user"  # a security key must make sure who holds it
    PASSKEY_ALONE = "passkey_alone"  # a passkey with user verification is enough on the person's own pages


DEFAULTS: dict[str, Any] = {
    Rule.METHODS: None,
    Rule.ASSURANCE: int(Assurance.WEAK),
    Rule.ENFORCEMENT: Enforcement.REQUIRED,
    Rule.GRACE_UNTIL: None,
    Rule.GRACE_SKIPS: 0,
    Rule.REMEMBER_DAYS: 0,
    Rule.REMEMBER_DEVICES: 5,
    Rule.RESENDS: 3,
    Rule.TRIES: 5,
    Rule.SMS_COUNTRIES: None,
    Rule.ADD_UNKNOWN: True,
    Rule.LINK_DAYS: 1,
    Rule.VERIFY_USER: False,
    Rule.PASSKEY_ALONE: True,
}
BOUNDS = {
    Rule.GRACE_SKIPS: (0, 100),
    Rule.REMEMBER_DAYS: (0, 365),
    Rule.REMEMBER_DEVICES: (1, 20),
    Rule.RESENDS: (0, 10),
    Rule.TRIES: (3, 10),
    Rule.LINK_DAYS: (1, 7),
    Rule.ASSURANCE: (int(Assurance.WEAK), int(Assurance.AAL2)),
}


@dataclass(frozen=True)
class Decided:
    """One rule's value, and the policy that decided it: None for the default."""

    value: Any
    by: Policy | None = None


@dataclass(frozen=True)
class Effective:
    """All rules for one user at one site."""

    rules: Mapping[str, Decided]

    def value(self, rule: Rule) -> Any:
        return self.rules[rule].value

    def at_least(self, assurance: Assurance) -> "Effective":
        """The same rules, where no proof may be worth less."""
        most = max(int(assurance), self.value(Rule.ASSURANCE))
        return Effective({**self.rules, Rule.ASSURANCE: Decided(most, self.rules[Rule.ASSURANCE].by)})

    def allows(self, method: Method) -> bool:
        """Whether a method may serve here. What a help desk gave serves always: it was given for this."""
        if not method.is_own:
            return True
        named = self.value(Rule.METHODS)
        return (named is None or method.key in named) and method.assurance >= self.value(Rule.ASSURANCE)

    def may_skip(self, began_at: datetime, skips: int, at: datetime) -> bool:
        """Whether somebody without a second factor may put enrolment off once more."""
        if self.value(Rule.ENFORCEMENT) == Enforcement.OPTIONAL:
            return True
        until = self.value(Rule.GRACE_UNTIL)
        if until is not None and at.date() <= date.fromisoformat(until):
            return True
        return bool(skips < self.value(Rule.GRACE_SKIPS))


def effective(customer: Customer, site: Site | None = None, user: User | None = None) -> Effective:
    """The rules that hold for a user at a site, in one query."""
    return resolve(in_order(customer, site, user))


def in_order(customer: Customer, site: Site | None = None, user: User | None = None) -> list[Policy]:
    """The published policies that concern a user at a site, the one that decides first at the head."""
    at_site = Q(site=None) if site is None else Q(site=None) | Q(site=site)
    in_group = Q(group=None) if user is None else Q(group=None) | Q(group__members__user=user)
    rows = Policy.objects.filter(at_site, in_group, customer=customer, version__gt=0).select_related("group", "site")
    return sorted(rows, key=precedence)


def among(policies: Iterable[Policy], site: UUID | None, groups: Container[UUID]) -> Effective:
    """As `effective`, of policies that were read already: for somebody in these groups, at this site."""
    mine = [one for one in policies if one.site_id in (None, site) and (one.group_id is None or one.group_id in groups)]
    return resolve(sorted(mine, key=precedence))


def precedence(policy: Policy) -> tuple[bool, bool, int]:
    """The sort key of a policy: site before none, group before none, then the group's position."""
    position = policy.group.position if policy.group is not None else 0
    return (policy.site_id is None, policy.group_id is None, position)


def resolve(policies: Iterable[Policy]) -> Effective:
    """Each rule from the first policy that has it. `policies` come in order of precedence."""
    decided = {rule: Decided(value) for rule, value in DEFAULTS.items()}
    for policy in reversed(list(policies)):
        decided |= {rule: Decided(value, policy) for rule, value in policy.rules.items() if rule in DEFAULTS}
    return Effective(decided)


def checked(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as they may be stored. Raises ValueError, naming the rule, for one that is unknown or out of bounds."""
    good: dict[str, Any] = {}
    for key, value in rules.items():
        if key not in DEFAULTS or not _is_good(Rule(key), value):
            raise ValueError(key)
        good[key] = value
    return good


def _is_good(rule: Rule, value: Any) -> bool:
    if rule in BOUNDS:
        least, most = BOUNDS[rule]
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    if isinstance(DEFAULTS[rule], bool):
        return isinstance(value, bool)
    if rule is Rule.ENFORCEMENT:
        return value in list(Enforcement)
    if value is None:
        return True
    if rule is Rule.GRACE_UNTIL:
        return isinstance(value, str) and _is_date(value)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return False
    return rule is Rule.SMS_COUNTRIES or (bool(value) and set(value) <= {*METHODS})


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
