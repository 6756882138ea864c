"""StaffAdmin: what all pages of the staff's share: bounded lists, rows that are only read, changes in our own trail."""

from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets, helpers
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import OperationalError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import QueryCanceled

from accounts import audit
from accounts.admin import changes, columns
from accounts.audit import Actor
from accounts.console.listing import MOST_COUNTED
from accounts.http import KumquatRequest
from accounts.models import User

PER_PAGE = 50


def actor(request: HttpRequest) -> Actor:
    """The staff who sent this request, for verbs and the audit trail."""
    return audit.staff(cast(User, request.user), cast(KumquatRequest, request).source)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Counts no further than a thousand and one rows and pages no further; what is older is reached by filters."""

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the stubs allow any sequence
        return rows.order_by()[: MOST_COUNTED + 1].count()


class StaffChangeList(ChangeList):
    """A list in the one order that its index serves; its rows are read here, so that a slow query is told of here."""

    def get_ordering(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[Any]:
        return list(self.model_admin.get_ordering(request))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        cast(StaffAdmin, self.model_admin).prepare(self.result_list)


class StaffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    """Rows are looked at. What may be changed is named in `editable`; what else may be done is an action or a verb.

    Each class names its fields, so that a new field of a model is shown to nobody until somebody decides so.
    """

    editable: ClassVar[tuple[str, ...]] = ()
    acts_by = "pk"  # the attribute by which a list names the rows that an action is for

    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = BoundedPaginator
    empty_value_display = columns.NOTHING

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.editable) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [name for name in shown if name not in self.editable]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StaffChangeList

    def name_of(self, obj: Any) -> str:
        """What a row is called where it is chosen, asked about, and at the head of its page."""
        return str(obj)

    def prepare(self, rows: list[Any]) -> None:
        """Read, in one go, what the columns of these rows need beyond the rows."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what a filter of the list offers: `?password__startswith=` would tell a hash letter by letter."""
        for item in self.get_list_filter(request):
            if isinstance(item, str) and lookup == f"{item}__exact":
                return True
            if isinstance(item, type) and lookup == getattr(item, "parameter_name", ""):
                return True
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; a search that takes longer than the database allows says so rather than fail."""
        title = capfirst(str(self.opts.verbose_name_plural))
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except OperationalError as error:
            narrowed = request.method == "GET" and request.GET
            if not narrowed or not isinstance(error.__cause__, QueryCanceled):
                raise
        text = _(
            "That search takes too long. Narrow it down: begin from a customer or a user, or choose a shorter time."
        )
        self.message_user(request, text, messages.WARNING)
        return redirect(request.path)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A row's page is headed by the row, and says what it is above."""
        context |= {"title": capfirst(self.name_of(context["original"])), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def action_checkbox(self, obj: Any) -> Any:
        """Names the row by what `acts_by` says; only the rows of this page can be chosen."""
        label = _("Choose %(row)s") % {"row": self.name_of(obj)}
        return columns.checkbox(helpers.ACTION_CHECKBOX_NAME, getattr(obj, self.acts_by), label)

    action_checkbox.short_description = ""  # type: ignore[attr-defined]  # functions take attributes

    def response_action(  # type: ignore[override]  # the stubs know Django 6's
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        """Run an action on the rows that were chosen, never on all that a filter finds."""
        chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)[:PER_PAGE]
        try:
            rows = queryset.filter(**{f"{self.acts_by}__in": chosen})
            keys = [str(key) for key in rows.values_list("pk", flat=True)]
        except (ValidationError, ValueError):
            keys = []
        if not keys:
            self.message_user(request, _("None of these is there any more."), messages.WARNING)
            return redirect(request.get_full_path())
        given = request.POST.copy()
        given.setlist(helpers.ACTION_CHECKBOX_NAME, keys)
        given["select_across"] = "0"
        request.POST = given  # type: ignore[assignment]  # an immutable copy is not needed
        return super().response_action(request, queryset)

    # Django's own log keeps names in clear; ours is the audit trail

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write only what was changed, so that a customer who saves at the same time loses nothing."""
        obj.save(update_fields=[name for name in form.changed_data if name in self.editable])

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What differs, each as [before, after]; `log_change` is given it."""
        return changes.of_form(form)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        changes.record("added", actor(request), obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message:
            changes.record("edited", actor(request), obj, message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        for obj in queryset:
            changes.record("deleted", actor(request), obj, {})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit trail of this row."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        return redirect(columns.trail_of(obj))

    # Columns that several lists have

    @admin.display(description=gettext_lazy("customer"))
    def of_customer(self, obj: Any) -> Any:
        return columns.link(obj.customer)

    @admin.display(description=gettext_lazy("site"))
    def of_site(self, obj: Any) -> Any:
        return columns.link(obj.site)

    @admin.display(description=gettext_lazy("user"))
    def of_user(self, obj: Any) -> Any:
        return columns.person(obj.user)

    @admin.display(description=gettext_lazy("made"))
    def made(self, obj: Any) -> Any:
        return columns.moment(obj.created_at)
