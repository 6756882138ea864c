"""Policies: a draft for each scope, published when it is ready; and whom a draft would lock out."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, crypto
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import Customer, Group, GroupMember, Site, User
from accounts.verbs.people import end_users
from mfa import policies
from mfa.models import Authenticator, Grace, Policy
from mfa.policies import Effective, Rule
from mfa.verbs import offering
from rba import replaying

MOST_NAMED = 20
MOST_COUNTED = 1000
MOST_LOOKED_AT = 20_000  # people, newest first: a page must answer in seconds
BATCH = 500
# Of all rules only these can keep somebody out
KEEPING_OUT = (Rule.METHODS, Rule.ASSURANCE, Rule.ENFORCEMENT, Rule.GRACE_UNTIL, Rule.GRACE_SKIPS)


class Changed(Exception):
    """Somebody else edited or published this scope meanwhile."""


@dataclass
class LockedOut:
    """Whom a draft would leave without a way: how many, the first of them, and whether counting stopped early."""

    count: int = 0
    first: list[User] = field(default_factory=list)
    is_bounded: bool = False


def find(customer: Customer, site: Site | None = None, group: Group | None = None) -> Policy:
    """The policy of one scope; one that was never written says nothing, and is not saved."""
    found = Policy.objects.filter(customer=customer, site=site, group=group).select_related("site", "group").first()
    return found or Policy(customer=customer, site=site, group=group)


def stamp(policy: Policy) -> str:
    """What changes whenever the scope is edited or published, for a page to send back."""
    scope = (policy.customer_id, policy.site_id, policy.group_id, policy.version)
    draft = json.dumps(policy.draft, sort_keys=True)
    return crypto.keyed_hash("policy as seen", *(str(part) for part in scope), draft)


@transaction.atomic
def edit(policy: Policy, rules: Mapping[str, Any], seen: str, by: Actor) -> Policy:
    """Keep `rules` as the scope's draft. Raises ValueError for rules that cannot be, Changed when `seen` is not it."""
    draft = policies.checked(rules)
    locked = _locked(policy, seen)
    locked.draft = None if draft == locked.rules and locked.version else draft
    locked.save()
    audit.record("policy.edited", by, locked.customer, locked, facts=_scope(locked))
    return locked


@transaction.atomic
def discard(policy: Policy, by: Actor) -> None:
    """Drop the draft; what is published stays."""
    locked = Policy.objects.select_for_update(no_key=True).filter(pk=policy.pk).first()
    if locked is None or locked.draft is None:
        return
    audit.record("policy.discarded", by, locked.customer, locked, facts=_scope(locked))
    if locked.version:
        locked.draft = None
        locked.save(update_fields=["draft"])
    else:
        locked.delete()


@transaction.atomic
def publish(policy: Policy, seen: str, by: Actor) -> Policy:
    """Put the draft in force. Raises Changed when the scope is not as it was `seen`, or holds no draft."""
    locked = _locked(policy, seen)
    if locked.draft is None:
        raise Changed
    before, after = locked.rules, locked.draft
    locked.rules, locked.draft, locked.version = after, None, locked.version + 1
    locked.published_at = timezone.now()
    locked.save()
    facts = {**_scope(locked), "version": locked.version, **changes(before, after)}
    audit.record("policy.published", by, locked.customer, locked, facts=facts)
    return locked


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The rules that differ, as they were and as they are; a rule that a scope leaves to others is in neither."""
    keys = [key for key in {**before, **after} if before.get(key, ...) != after.get(key, ...)]
    return {
        "before": {key: before[key] for key in keys if key in before},
        "after": {key: after[key] for key in keys if key in after},
    }


def _locked(policy: Policy, seen: str) -> Policy:
    """The scope's row, locked; made first where there is none yet. Raises Changed when it is not as it was seen."""
    Customer.objects.select_for_update(no_key=True).get(pk=policy.customer_id)
    rows = Policy.objects.select_for_update(no_key=True, of=("self",)).select_related("customer", "site", "group")
    found = rows.filter(customer=policy.customer_id, site=policy.site_id, group=policy.group_id).first()
    if found is None and policy.version == 0:
        policy.draft = None
        found = policy
    if found is None or stamp(found) != seen:
        raise Changed
    return found


def _scope(policy: Policy) -> dict[str, str]:
    named = {"site": policy.site.name if policy.site else "", "group": policy.group.name if policy.group else ""}
    return {kind: name for kind, name in named.items() if name}


def locked_out(policy: Policy, rules: Mapping[str, Any]) -> LockedOut:
    """Whom publishing `rules` would lock out: nothing of theirs would be allowed, and enrolment can wait no longer.

    Who is no better off today is not counted. Of a policy for all sites each site is looked at that has rules of its
    own, and those without as one.
    """
    found = LockedOut()
    if all(policy.rules.get(rule, ...) == rules.get(rule, ...) for rule in KEEPING_OUT):
        return found
    before, after = _as_published(policy), _as_published(policy, rules)
    sites = _sites(policy, after)
    now_rules, then_rules = _resolver(before), _resolver(after)
    users = end_users(policy.customer).filter(disabled_at=None)
    if policy.group_id is not None:
        users = users.filter(group_members__group=policy.group_id)
    for number, person in enumerate(_people(policy.customer, users)):
        if found.count > MOST_COUNTED or number == MOST_LOOKED_AT:
            found.is_bounded = True
            break
        contexts = [(then_rules(site, person.groups), now_rules(site, person.groups)) for site in sites]
        if any(person.is_out(then) and not person.is_out(now) for then, now in contexts):
            found.count += 1
            found.first += [person.user] if len(found.first) < MOST_NAMED else []
    return found


@dataclass(frozen=True)
class _Person:
    """One user with all that decides whether they get in."""

    user: User
    groups: frozenset[UUID]
    mine: list[Authenticator]
    grace: Grace | None

    def is_out(self, rules: Effective) -> bool:
        now = timezone.now()
        began_at, skips = (self.grace.began_at, self.grace.skips) if self.grace is not None else (now, 0)
        return not rules.may_skip(began_at, skips, now) and not offering.among(self.user, rules, self.mine)


def ways_of(customer: Customer, site: Site | None, users: Collection[UUID]) -> dict[UUID, replaying.Ways]:
    """How each of these users can prove themselves by what is in force, codes in reserve aside."""
    rules = _resolver(_as_published(Policy(customer=customer)))
    found = {}
    for person in _people(customer, User.objects.filter(customer=customer, pk__in=users)):
        offered = offering.among(person.user, rules(site.pk if site else None, person.groups), person.mine)
        own = [way.method for way in offered if not way.method.is_standby]
        best = max((method.assurance for method in own), default=Assurance.NONE)
        found[person.user.pk] = replaying.Ways(best, bool(own) and all({*one.channels} - {"email"} for one in own))
    return found


def _people(customer: Customer, users: QuerySet[User]) -> Iterator[_Person]:
    """Users with what decides about them, newest first, a batch at a time."""
    users, last = users.order_by("-pk"), None
    while batch := list((users if last is None else users.filter(pk__lt=last))[:BATCH]):
        last = batch[-1].pk
        mine = _by_user(Authenticator.objects.filter(user__in=batch))
        groups = _by_user(GroupMember.objects.filter(user__in=batch))
        graces = {one.user_id: one for one in Grace.objects.filter(user__in=batch)}
        for user in batch:
            user.customer = customer  # the same of all, so that nobody asks for it again
            theirs = frozenset(one.group_id for one in groups[user.pk])
            yield _Person(user, theirs, mine[user.pk], graces.get(user.pk))


def _by_user(rows: QuerySet[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def _as_published(policy: Policy, rules: Mapping[str, Any] | None = None) -> list[Policy]:
    """The customer's policies in force; this scope's with `rules` in place of its own where they are given."""
    rows = Policy.objects.filter(customer=policy.customer_id, version__gt=0).select_related("group")
    if rules is None:
        return list(rows)
    scope = {"customer": policy.customer, "site_id": policy.site_id, "group": policy.group}
    others = [one for one in rows if (one.site_id, one.group_id) != (policy.site_id, policy.group_id)]
    return [*others, Policy(**scope, rules=dict(rules), version=1)]


def _sites(policy: Policy, after: Iterable[Policy]) -> list[UUID | None]:
    if policy.site_id is not None:
        return [policy.site_id]
    return [None, *{one.site_id for one in after if one.site_id is not None}]


def _resolver(rows: list[Policy]) -> Any:
    """`among` for these policies, each combination resolved once; groups that no policy names make no difference."""
    named = {one.group_id for one in rows}

    @lru_cache(maxsize=1000)
    def resolved(site: UUID | None, groups: frozenset[UUID]) -> Effective:
        return policies.among(rows, site, groups)

    return lambda site, groups: resolved(site, groups & named)
