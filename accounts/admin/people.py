"""People: found by the beginning of a name or address; kept out, let in again, made staff, and asked to be erased."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import names, verbs
from accounts.admin import around, columns, confirming, masking
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, WhenFilter
from accounts.audit import Actor
from accounts.console.access import fresh
from accounts.console.fields import ReferenceForm
from accounts.models import Membership, User
from accounts.support import granting
from accounts.verbs import sessions, team
from accounts.verbs.people import note_seen

MOST_SHOWN = 100  # memberships of a user


CONFIRMED = columns.at("email_confirmed_at", gettext_lazy("address confirmed"))
DATES = (
    columns.at("created_at", gettext_lazy("made")),
    columns.at("last_sign_in_at", gettext_lazy("last sign-in")),
)


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """Whether someone runs this server. Only the operator's own people can, and nobody ends it for themselves."""

    by: User | None = None

    def clean_is_staff(self) -> bool:
        wanted: bool = self.cleaned_data["is_staff"]
        if wanted and not self.instance.customer.is_operator:
            raise forms.ValidationError(_("Only somebody who signs in to the dashboard here can become staff."))
        if not wanted and self.by is not None and self.by.pk == self.instance.pk:
            raise forms.ValidationError(_("This is you. Somebody else of the staff has to take it away."))
        return wanted


@admin.register(User)
class UserAdmin(StaffAdmin):
    editable = ("is_staff",)
    form = UserForm
    list_display = ("who", "of_customer", "state", "seen", "made")
    list_select_related = ("customer",)
    list_filter = (CustomerFilter, "is_staff", WhenFilter)
    search_fields = ("canonical_username",)
    search_help_text = gettext_lazy("The beginning of a username or of an e-mail address.")
    actions = ("keep_out", "let_in", "erase")
    fieldsets = (
        (None, {"fields": ("the_username", "the_name", "the_email", CONFIRMED, "the_phone", "language")}),
        (gettext_lazy("Standing"), {"fields": ("of_customer", "state", *DATES, "is_staff")}),
        (gettext_lazy("Memberships"), {"fields": ("teams",)}),
        (gettext_lazy("What belongs to this person"), {"fields": ("lists",)}),
    )

    the_username = masking.line("username", gettext_lazy("username"))
    the_name = masking.line("full_name", gettext_lazy("name"))
    the_email = masking.line("email", gettext_lazy("e-mail"))
    the_phone = masking.line("phone", gettext_lazy("phone"))

    def get_urls(self) -> list[Any]:
        """The look in full is an act of its own, before the pages of single people."""
        page = self.admin_site.admin_view(self.unmask)
        return [path("<uuid:object_id>/unmask/", page, name="accounts_user_unmask"), *super().get_urls()]

    def unmask(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """See a person in full for a quarter of an hour, under a leave, and on the record."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = get_object_or_404(User.objects.living().select_related("customer"), pk=object_id)
        try:
            granting.unmask(user, actor(request))
        except granting.NoLeave:
            return HttpResponseForbidden(_("Nobody has given leave to see this person."))
        masking.look(request, user)
        return redirect(columns.address(user))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        user = super().get_object(request, object_id, from_field)
        if user is not None:
            user.in_full = masking.is_open(request, user)
        return user

    def name_of(self, obj: User) -> str:
        return str(obj) if getattr(obj, "in_full", False) else columns.known_as(obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).filter(erased_at=None).defer("password")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return type("UserForm", (super().get_form(request, obj, change, **kwargs),), {"by": request.user})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changes whose the server is has proven themselves just now."""
        view = super().change_view
        if request.method == "POST":
            return cast(
                HttpResponse, fresh(lambda _request: view(request, object_id, form_url, extra_context))(request)
            )
        response = view(request, object_id, form_url, extra_context)
        if response.status_code == 200:
            note_seen(User.objects.select_related("customer").get(pk=object_id), actor(request))
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Whether the person is seen in full, or could be."""
        person = context["original"]
        context |= {"in_full": person.in_full, "leave": None if person.in_full else granting.covering(person)}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Sessions keep the hours of whom they were made for, so they end with either change."""
        super().save_model(request, obj, form, change)
        if "is_staff" in form.changed_data:
            sessions.end_sessions(obj, actor(request))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            start = names.canonical(search_term)
        except names.UnusableName:
            return queryset.none(), False
        return queryset.filter(Q(canonical_username__startswith=start) | Q(canonical_email__startswith=start)), False

    @admin.display(description=gettext_lazy("user"))
    def who(self, user: User) -> Any:
        return columns.known_as(user)

    @admin.display(description=gettext_lazy("state"))
    def state(self, user: User) -> Any:
        if user.disabled_at:
            return columns.badge("bad", _("Disabled"))
        if user.restricted_at:
            return columns.badge("warn", _("Processing restricted"))
        if names.mixed_scripts(user.username):
            return columns.badge("warn", _("Mixed alphabets"))
        return columns.badge("good", _("Staff") if user.is_staff else _("Active"))

    @admin.display(description=gettext_lazy("last sign-in"))
    def seen(self, user: User) -> Any:
        return columns.moment(user.last_sign_in_at)

    @admin.display(description=gettext_lazy("memberships"))
    def teams(self, user: User) -> Any:
        rows = Membership.objects.filter(user=user).select_related("customer").order_by("created_at")[:MOST_SHOWN]
        return columns.links(
            (columns.address(one.customer), f"{one.customer}, {one.get_role_display()}") for one in rows
        )

    @admin.display(description=gettext_lazy("lists"))
    def lists(self, user: User) -> Any:
        return around.of_user(user)

    @admin.action(description=gettext_lazy("Keep out"))
    def keep_out(self, request: HttpRequest, rows: models.QuerySet[User]) -> None:
        for user in rows.filter(disabled_at=None).select_related("customer"):
            if user.pk == request.user.pk:
                self.message_user(request, _("This is you; you stay in."), messages.WARNING)
                continue
            verbs.set_enabled(user, False, actor(request))
            self.message_user(request, _("%(user)s is kept out.") % {"user": columns.known_as(user)}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Let in again"))
    def let_in(self, request: HttpRequest, rows: models.QuerySet[User]) -> None:
        for user in rows.exclude(disabled_at=None).select_related("customer"):
            verbs.set_enabled(user, True, actor(request))
            self.message_user(
                request, _("%(user)s is let in again.") % {"user": columns.known_as(user)}, messages.SUCCESS
            )

    @admin.action(description=gettext_lazy("Erase"))
    @confirming.proven
    def erase(self, request: HttpRequest, rows: models.QuerySet[User]) -> HttpResponse | None:
        people = list(rows.select_related("customer"))
        form = ReferenceForm(request.POST if confirming.is_confirmed(request) else None)
        if not form.is_valid():
            number = len(people)
            who = (
                columns.known_as(people[0])
                if number == 1
                else ngettext("%(n)d person", "%(n)d people", number) % {"n": number}
            )
            return confirming.ask(
                self,
                request,
                people,
                title=_("Erase %(who)s?") % {"who": who},
                text=_(
                    "They are gone from every list and door at once, and from every table within minutes: their "
                    "authenticators, sign-ins, memberships and addresses. What was done stays in the audit trail, "
                    "without a name. It cannot be undone, and their sites cannot bring the name back by themselves."
                ),
                confirm=_("Erase %(who)s") % {"who": who},
                keep=_("Keep %(who)s") % {"who": who},
                form=form,
            )
        for user in people:
            refusal = erase(user, actor(request), form.cleaned_data["reference"])
            text = refusal or _("%(user)s is being erased.") % {"user": columns.known_as(user)}
            self.message_user(request, text, messages.ERROR if refusal else messages.SUCCESS)
        return None


def erase(user: User, by: Actor, reference: str) -> str:
    """Ask for a person's erasure, their memberships ended first. Returns why it is refused, or nothing."""
    shown = {"user": columns.known_as(user)}
    if user.is_staff:
        return _("%(user)s is staff. Take that away first.") % shown
    try:
        with transaction.atomic():
            for membership in Membership.objects.filter(user=user).select_related("customer", "user"):
                team.remove(membership, by)
            sessions.end_sessions(user, by)
            verbs.request_erasure(user, by, reference=reference)
    except team.LastOwner:
        return _("%(user)s is the only owner of a customer. Another owner has to be named first.") % shown
    return ""
