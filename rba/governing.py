"""Risk policies: a draft for each scope, published as a version that never changes, and the way back to one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit, crypto
from accounts.audit import Actor
from accounts.http import Place
from accounts.models import Customer, Site
from rba import deciding
from rba.contract import Outcome
from rba.models import RiskPolicy
from rba.policy import DEFAULT, RiskRules
from rba.rules import Asked, Facts

VERSIONS_SHOWN = 20
BY_PLACE = ("addresses", "networks", "countries")  # the rules that can shut somebody out wherever they turn


class Changed(Exception):
    """Somebody else edited or published this scope meanwhile."""


class ShutsYouOut(Exception):
    """The draft would refuse the address of whoever publishes it; `rule` is the key of the rule that would."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Scope:
    """A customer's sites without a policy of their own, or one of its sites; with its draft and what is in force."""

    customer: Customer
    site: Site | None
    draft: RiskPolicy | None
    published: RiskPolicy | None

    @property
    def version(self) -> int:
        return self.published.version if self.published is not None else 0

    @property
    def document(self) -> dict[str, Any]:
        """What the form begins with: the draft, what is in force, or what holds without a word."""
        found = self.draft or self.published
        return found.document if found is not None else {**DEFAULT, "report_only": is_new(self.customer)}


def find(customer: Customer, site: Site | None = None) -> Scope:
    """One scope as it stands."""
    rows = RiskPolicy.objects.filter(customer=customer, site=site)
    draft = rows.filter(version=RiskPolicy.DRAFT).first()
    return Scope(customer, site, draft, rows.exclude(version=RiskPolicy.DRAFT).order_by("-version").first())


def scopes(customer: Customer) -> list[Scope]:
    """Every scope that says something, sites first, and the one for all sites last, in two queries."""
    drafts = {one.site_id: one for one in RiskPolicy.objects.filter(customer=customer, version=RiskPolicy.DRAFT)}
    published = {one.site_id: one for one in RiskPolicy.published(customer.pk)}
    named: list[UUID] = [site for site in {**drafts, **published} if site is not None]
    sites = Site.objects.filter(customer=customer, pk__in=named).order_by("name")
    return [Scope(customer, site, drafts.get(site.pk), published.get(site.pk)) for site in sites] + [
        Scope(customer, None, drafts.get(None), published.get(None))
    ]


def is_new(customer: Customer, at: datetime | None = None) -> bool:
    """Whether a customer is in its first weeks, in which policies only report unless somebody says otherwise."""
    return (at or timezone.now()) < customer.created_at + deciding.FIRST_WEEKS


def stamp(scope: Scope) -> str:
    """What changes whenever the scope is edited or published, for a page to send back."""
    site = str(scope.site.pk) if scope.site is not None else ""
    draft = json.dumps(scope.draft.document if scope.draft is not None else None, sort_keys=True)
    return crypto.keyed_hash("risk policy as seen", str(scope.customer.pk), site, str(scope.version), draft)


@transaction.atomic
def edit(scope: Scope, document: Mapping[str, Any], seen: str, by: Actor) -> Scope:
    """Keep a document as the scope's draft. Raises Wrong for one that cannot be, Changed when `seen` is not the scope.

    A document that is what holds already leaves no draft.
    """
    kept = RiskRules.of(document).to_json()
    now = _locked(scope, seen)
    if now.published is not None and now.published.document == kept:
        _drop(now)
    else:
        RiskPolicy.objects.update_or_create(
            customer=now.customer,
            site=now.site,
            version=RiskPolicy.DRAFT,
            defaults={"document": kept, "changed_at": timezone.now()},
        )
        audit.record("risk_policy.edited", by, now.customer, now.site, facts=_facts(now))
    return find(now.customer, now.site)


@transaction.atomic
def discard(scope: Scope, by: Actor) -> None:
    """Drop the draft; what is published stays."""
    now = _lock(scope)
    if now.draft is not None:
        _drop(now)
        audit.record("risk_policy.discarded", by, now.customer, now.site, facts=_facts(now))


@transaction.atomic
def publish(scope: Scope, seen: str, by: Actor, at: datetime | None = None) -> RiskPolicy:
    """Put the draft in force. Raises Changed as `edit` does; ShutsYouOut when it would refuse who publishes it."""
    now = _locked(scope, seen)
    if now.draft is None:
        raise Changed
    made = _publish(now, now.draft.document, by, at or timezone.now())
    _drop(now)
    return made


@transaction.atomic
def go_back(scope: Scope, version: int, seen: str, by: Actor, at: datetime | None = None) -> RiskPolicy:
    """Publish what an older version said, as a new version. Raises as `publish` does."""
    now = _locked(scope, seen)
    old = RiskPolicy.objects.filter(customer=now.customer, site=now.site, version=version).first()
    if old is None or not 0 < version < now.version:
        raise Changed
    return _publish(now, old.document, by, at or timezone.now(), back_to=version)


def versions(scope: Scope) -> list[RiskPolicy]:
    """The latest published versions, the newest first."""
    rows = RiskPolicy.objects.filter(customer=scope.customer, site=scope.site).exclude(version=RiskPolicy.DRAFT)
    return list(rows.order_by("-version")[:VERSIONS_SHOWN])


def shuts_out(document: Mapping[str, Any], address: str, place: Place, at: datetime) -> str:
    """The key of the rule by which an address would be refused; empty where none would, whatever the score is."""
    policy = RiskRules.of(document)
    network = place.network.removeprefix("AS")
    facts = Facts(address, int(network) if network.isdigit() else None, None, place.country, is_new_device=False)
    if policy.report_only or policy.never_block.covers(address):
        return ""
    asked = Asked(None, facts, at)
    for rule in policy.rules:
        wanted = rule.speaks(asked) if rule.key in BY_PLACE else None
        if wanted is not None and wanted.outcome is not Outcome.STEP_UP:
            return rule.key if wanted.outcome is Outcome.DENY else ""
    return ""


def _publish(scope: Scope, document: dict[str, Any], by: Actor, at: datetime, back_to: int | None = None) -> RiskPolicy:
    rule = shuts_out(document, by.source.address, by.source.place, at)
    if rule:
        raise ShutsYouOut(rule)
    made = RiskPolicy.objects.create(
        customer=scope.customer,
        site=scope.site,
        version=scope.version + 1,
        document=document,
        back_to=back_to,
        changed_at=at,
    )
    facts = {**_facts(scope), "version": made.version, "report_only": bool(document.get("report_only"))}
    facts |= {"back_to": back_to} if back_to is not None else {}
    audit.record("risk_policy.published", by, scope.customer, made, facts=facts)
    transaction.on_commit(lambda: deciding.forget(scope.customer.pk))
    return made


def _drop(scope: Scope) -> None:
    RiskPolicy.objects.filter(customer=scope.customer, site=scope.site, version=RiskPolicy.DRAFT).delete()


def _locked(scope: Scope, seen: str) -> Scope:
    now = _lock(scope)
    if stamp(now) != seen:
        raise Changed
    return now


def _lock(scope: Scope) -> Scope:
    """The scope as it stands, while nobody else can change it: the customer's row is locked."""
    Customer.objects.select_for_update(no_key=True).get(pk=scope.customer.pk)
    return find(scope.customer, scope.site)


def _facts(scope: Scope) -> dict[str, Any]:
    return {"site": scope.site.name} if scope.site is not None else {}
