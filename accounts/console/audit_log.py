"""The audit log: who did what, when and from where."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import audit
from accounts.console import exporting, facts, listing, registry
from accounts.console.access import dashboard
from accounts.http import KumquatRequest
from accounts.models import ApiToken, AuditRecord, Customer, Membership, Site, User
from accounts.roles import Right, may
from accounts.verbs import find_user

Actor = AuditRecord.Actor
MOST_MEMBERS = 200  # in the choice of who acted


class AuditFilters(listing.Filters):
    """Records by who acted, what was done, about whom and when."""

    def __init__(self, request: KumquatRequest) -> None:
        team = Membership.objects.filter(customer=request.customer).select_related("user").order_by("created_at")
        members = [(member.public_id, str(member.user)) for member in team[:MOST_MEMBERS]]
        actions = sorted(registry.ACTIONS.items(), key=lambda action: str(action[1]))
        super().__init__(
            request,
            {
                "who": listing.Choice(gettext_lazy("By"), gettext_lazy("Anyone"), [*listing.capped(Actor), *members]),
                "what": listing.Choice(gettext_lazy("Action"), gettext_lazy("All actions"), actions),
                "first": listing.Day(gettext_lazy("From")),
                "last": listing.Day(gettext_lazy("To")),
            },
        )

    q = listing.Search(gettext_lazy("About: a whole username"))

    def of(self, customer: Customer) -> QuerySet[AuditRecord]:
        """The customer's records that are left."""
        rows = AuditRecord.objects.filter(customer=customer)
        who, what, about = self.chosen("who"), self.chosen("what"), self.chosen("q")
        if who in Actor.values:
            rows = rows.filter(actor_kind=who)
        elif who is not None:
            acting = Membership.objects.filter(customer=customer, public_id=who).values("user")
            rows = rows.filter(actor_id__in=acting)
        if what is not None:
            rows = rows.filter(action=what)
        if about is not None:
            person = find_user(customer, about)
            rows = rows.filter(person=person.pk) if person is not None else rows.none()
        return listing.within(rows, self.chosen("first"), self.chosen("last"))


@dataclass(frozen=True)
class Line:
    """One record as people read it."""

    record: AuditRecord
    what: Any
    who: str
    about: str
    facts: str


@dashboard(Right.SEE_AUDIT)
def records(request: KumquatRequest) -> HttpResponse:
    """What was done in this account, newest first."""
    filters = AuditFilters(request)
    mine = filters.of(request.customer)
    page = listing.page(request, mine)
    context = {
        "page": page,
        "lines": lines(request.customer, page.rows),
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s record", "%(n)s records", "count")),
        "may_export": may(request.membership.role, Right.EXPORT),
    }
    return render(request, "console/audit.html", context)


@dashboard(Right.SEE_AUDIT)
def record(request: KumquatRequest, record_id: UUID) -> HttpResponse:
    """One record with the values before and after, as long as the person they are about is not forgotten."""
    found = get_object_or_404(AuditRecord, customer=request.customer, pk=record_id)
    context = {
        "line": next(iter(lines(request.customer, [found]))),
        "values": _values(found),
        "object_kind": facts.kind(found),
        "was_sealed": bool(found.sealed),
        "address": audit.unseal(found.actor_id, found.address_sealed),
    }
    return render(request, "console/audit_record.html", context)


GIVEN = [
    *("accounts.User.username", "accounts.User.first_name", "accounts.User.last_name"),
    *("accounts.AuditRecord.actor_id", "accounts.AuditRecord.person", "accounts.AuditRecord.country"),
]


@dashboard(Right.SEE_AUDIT)
def export(request: KumquatRequest) -> HttpResponse | StreamingHttpResponse:
    """The records that the filters leave, as CSV, without the sealed values."""
    header = [_("Time"), _("By"), _("Who"), _("Action"), _("Kind"), _("Object"), _("About"), _("Facts"), _("Country")]
    rows = AuditFilters(request).of(request.customer)
    return exporting.download(request, "audit", rows, header, partial(_csv, request.customer), GIVEN, _named)


def _named(row: AuditRecord) -> tuple[UUID | None, UUID | None]:
    """Whom a line names: who acted, and about whom."""
    return row.actor_id, row.person


def lines(customer: Customer, found: Iterable[AuditRecord]) -> list[Line]:
    """Records with the names of sites, programs and people, in three queries; none of another customer's people."""
    found = list(found)
    ids = {one for row in found for one in (row.actor_id, row.person) if one is not None}
    theirs = Q(customer=customer) | Q(memberships__customer=customer)
    names: dict[UUID, str] = (
        {user.pk: str(user) for user in User.objects.living().filter(theirs, pk__in=ids)} if ids else {}
    )
    sites = Site.objects.filter(
        customer=customer, pk__in=[row.actor_id for row in found if row.actor_kind == Actor.SITE]
    )
    names |= {site.pk: site.name for site in sites}
    programs = [row.actor_id for row in found if row.actor_kind == Actor.TOKEN and row.actor_id]
    if programs:
        names |= dict(ApiToken.objects.filter(customer=customer, pk__in=programs).values_list("pk", "name"))
    return [
        Line(
            record=row,
            what=registry.ACTIONS.get(row.action, row.action),
            who=names.get(row.actor_id, "") if row.actor_id else "",
            about=names.get(row.person, "") if row.person else "",
            facts=facts.line(row),
        )
        for row in found
    ]


def _csv(customer: Customer, found: list[AuditRecord]) -> Iterator[list[Any]]:
    for line in lines(customer, found):
        row = line.record
        kind = row.get_actor_kind_display()
        when = row.at.isoformat(timespec="seconds")
        yield [when, kind, line.who, line.what, row.object_kind, row.object_id, line.about, line.facts, row.country]


def _values(record: AuditRecord) -> list[tuple[str, str]]:
    """What was sealed, by name; nothing once the person was forgotten."""
    text = audit.unseal(record.person, record.sealed)
    return facts.pairs(record, json.loads(text)) if text else []
