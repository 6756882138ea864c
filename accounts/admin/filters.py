"""Filters that cost one indexed read, or none: by when, by the one customer or person that an address names."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.console.listing import id_at, start_of
from accounts.models import Customer, User


class WhenFilter(admin.SimpleListFilter):
    """Rows of the last days, by their ids, which are ordered by time."""

    title = gettext_lazy("time")
    parameter_name = "when"
    days: ClassVar[dict[str, int]] = {"today": 0, "week": 6, "month": 29}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("today", _("Today")), ("week", _("The last seven days")), ("month", _("The last thirty days"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        if value not in self.days:
            raise IncorrectLookupParameters
        return queryset.filter(pk__gte=id_at(start_of(timezone.localdate() - timedelta(days=self.days[value]))))


class Given(admin.SimpleListFilter):
    """Narrows a list to what belongs to one row, and is shown only then: a list of all rows is never read."""

    field: ClassVar[str]
    model: ClassVar[type[models.Model]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        value = self.value()
        if value is None:
            return []
        row = self.model._default_manager.filter(pk=_uuid(value)).first()
        return [(value, _("none that is known") if row is None else self.label(row))]

    def label(self, row: Any) -> str:
        return str(row)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.field: _uuid(value)})


class CustomerFilter(Given):
    title = gettext_lazy("customer")
    parameter_name = "customer"
    field = "customer_id"
    model = Customer


class UserFilter(Given):
    title = gettext_lazy("user")
    parameter_name = "user"
    field = "user_id"
    model = User

    def label(self, row: Any) -> str:
        return columns.known_as(row)


class PersonFilter(UserFilter):
    """In the audit trail, which names the people that a record is about by their ids."""

    title = gettext_lazy("person")
    parameter_name = "person"
    field = "person"


class ObjectFilter(admin.SimpleListFilter):
    """In the audit trail: what was done to one row."""

    title = gettext_lazy("object")
    parameter_name = "object"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        value = self.value()
        return [] if value is None else [(value, value)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(object_id=value)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise IncorrectLookupParameters from error
