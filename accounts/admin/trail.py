"""The audit trail, only read. Sealed values are opened on a record's own page, and that look is recorded."""

import json
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, names
from accounts.admin import columns
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, ObjectFilter, PersonFilter, WhenFilter
from accounts.console import facts, registry
from accounts.models import AuditRecord, User

MOST_PEOPLE = 20  # that a search by address may mean
MEMBERS = (AuditRecord.Actor.MEMBER, AuditRecord.Actor.STAFF, AuditRecord.Actor.USER)


class ActorFilter(admin.SimpleListFilter):
    """By the kind of who acted."""

    title = gettext_lazy("who acted")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(kind), kind.label.capitalize()) for kind in AuditRecord.Actor]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(actor_kind=self.value())


@admin.register(AuditRecord)
class AuditAdmin(StaffAdmin):
    list_display = ("when", "what", "who", "whom", "of_customer")
    list_select_related = ("customer",)
    list_filter = (WhenFilter, ActorFilter, CustomerFilter, PersonFilter, ObjectFilter)
    search_fields = ("action",)
    search_help_text = gettext_lazy(
        "The beginning of an action such as “key.”, the whole address of a person, or the id of what was changed."
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    columns.at("at", gettext_lazy("when")),
                    "what",
                    "who",
                    "whom",
                    "of_customer",
                    "kind",
                    "object_id",
                )
            },
        ),
        (gettext_lazy("Details"), {"fields": ("shown_facts", "opened")}),
        (gettext_lazy("From where"), {"fields": ("country", "network", "address")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term:
            people = _people(term)
            return queryset.filter(Q(person__in=people) | Q(actor_id__in=people)), False
        if "." in term:
            return queryset.filter(action__startswith=term), False
        return queryset.filter(object_id=term), False

    def prepare(self, rows: list[Any]) -> None:
        """The people of a page in one query; records name them by their ids."""
        ids = {key for row in rows for key in (row.person, row.actor_id) if key}
        known = User.objects.filter(pk__in=ids).defer("password").in_bulk()
        for row in rows:
            row.people = known

    def name_of(self, obj: AuditRecord) -> str:
        return str(registry.ACTIONS.get(obj.action, obj.action))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One record. Who opens what is sealed in it leaves a record of that."""
        found = self.get_object(request, object_id)
        if found is not None and (found.sealed or found.address_sealed):
            person = found.person if found.sealed else found.actor_id
            opened = {"action": found.action}
            audit.record("audit.opened", actor(request), found.customer, found, person=person, facts=opened)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=gettext_lazy("when"))
    def when(self, record: AuditRecord) -> Any:
        return columns.moment(record.at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, record: AuditRecord) -> Any:
        return columns.over(registry.ACTIONS.get(record.action, record.action), record.action)

    @admin.display(description=gettext_lazy("by"))
    def who(self, record: AuditRecord) -> Any:
        kind = record.get_actor_kind_display()
        if record.actor_kind not in MEMBERS:
            return kind.capitalize()
        person = _person(record, record.actor_id)
        return columns.beside(kind.capitalize(), person)

    @admin.display(description=gettext_lazy("about"))
    def whom(self, record: AuditRecord) -> Any:
        return _person(record, record.person)

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, record: AuditRecord) -> str:
        return facts.kind(record)

    @admin.display(description=gettext_lazy("facts"))
    def shown_facts(self, record: AuditRecord) -> Any:
        return _pairs(record, record.facts)

    @admin.display(description=gettext_lazy("sealed values"))
    def opened(self, record: AuditRecord) -> Any:
        if not record.sealed:
            return columns.NOTHING
        text = audit.unseal(record.person, record.sealed)
        return _("Forgotten: the person’s key is destroyed.") if text is None else _pairs(record, json.loads(text))

    @admin.display(description=gettext_lazy("address"))
    def address(self, record: AuditRecord) -> str:
        return audit.unseal(record.actor_id, record.address_sealed) or columns.NOTHING


def _people(address: str) -> list[Any]:
    """The ids of people whom an address names, whichever customer they belong to."""
    try:
        name = names.canonical(address)
    except names.UnusableName:
        return []
    found = User.objects.filter(Q(canonical_username=name) | Q(canonical_email=name))
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE])


def _person(record: AuditRecord, key: Any) -> Any:
    if key is None:
        return columns.NOTHING
    people = getattr(record, "people", None)
    user = User.objects.filter(pk=key).first() if people is None else people.get(key)
    return columns.person(user) if user is not None else _("somebody who is gone")


def _pairs(record: AuditRecord, values: dict[str, Any]) -> str:
    """Names and values as a list."""
    pairs = facts.pairs(record, values)
    return render_to_string("admin/parts/pairs.html", {"pairs": pairs}) if pairs else columns.NOTHING
