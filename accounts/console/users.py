"""Pages about a customer's users: the list with its search, and adding one."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import names, verbs
from accounts.console import listing, registry
from accounts.console.access import dashboard
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.forms import EmailField, PhoneField, PhoneInput
from accounts.http import KumquatRequest
from accounts.models import Customer, User
from accounts.roles import Right, may
from accounts.verbs.people import apart_name, end_users

STATES = {
    "active": gettext_lazy("Active"),
    "disabled": gettext_lazy("Disabled"),
    "restricted": gettext_lazy("Processing restricted"),
}
TONES = {"active": "good", "disabled": "idle", "restricted": "info"}


class UserFilters(listing.Filters):
    """Search and state; apps add choices of their own."""

    q = listing.Search(gettext_lazy("Name, username or e-mail"))
    state = listing.Choice(gettext_lazy("State"), gettext_lazy("All states"), STATES.items())

    def __init__(self, request: KumquatRequest) -> None:
        more = registry.USER_FILTERS
        self.customer = request.customer
        super().__init__(request, {one.name: listing.Choice(one.label, one.empty, one.choices()) for one in more})

    def apply(self, users: QuerySet[User]) -> QuerySet[User]:
        """The users that are left."""
        state = self.chosen("state")
        if state == "disabled":
            users = users.filter(disabled_at__isnull=False)
        elif state == "restricted":
            users = users.filter(restricted_at__isnull=False)
        elif state == "active":
            users = users.filter(disabled_at=None, restricted_at=None)
        for extra in registry.USER_FILTERS:
            value = self.chosen(extra.name)
            users = users if value is None else extra.apply(users, value)
        text = self.chosen("q")
        return users if text is None else users.filter(matching(text) | kept_apart(self.customer, text))


class UserForm(forms.Form):
    """What a member may say of a user."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=names.MAX_LENGTH,
        help_text=gettext_lazy("As your site knows the person; usually the e-mail address."),
        error_messages={"required": gettext_lazy("We need the name that your site sends.")},
    )
    first_name = LineField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = LineField(label=gettext_lazy("Last name"), max_length=100, required=False)
    email = EmailField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(
        required=False,
        widget=PhoneInput(attrs={"autocomplete": "off", "maxlength": "40"}),
        help_text=gettext_lazy("For codes by text message or call."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of messages"),
        required=False,
        choices=[("", gettext_lazy("As your account")), *settings.LANGUAGES],
    )

    erased = False  # the name was refused because its owner was erased

    def clean_username(self) -> str:
        try:
            names.canonical(self.cleaned_data["username"])
        except names.UnusableName:
            raise forms.ValidationError(_("This name holds characters that cannot be seen. Type it anew.")) from None
        return str(self.cleaned_data["username"])


def matching(text: str) -> Q:
    """What finds a user by the beginning of the username or address, or by a part of the name."""
    try:
        canonical = names.canonical(text)
    except names.UnusableName:
        return Q(pk__in=[])
    wanted = Q(canonical_username__startswith=canonical) | Q(canonical_email__startswith=canonical)
    words = text.split()
    whole = Q()
    for word in words[:4]:  # "Nora Bj" finds Nora Bjørklund
        whole &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    return wanted | whole


def kept_apart(customer: Customer, text: str) -> Q:
    """What finds somebody whose data is kept apart: the whole username, of which a hash is left."""
    try:
        return Q(canonical_username=apart_name(customer, names.canonical(text)))
    except names.UnusableName:
        return Q(pk__in=[])


def state_of(user: User) -> dict[str, Any]:
    """The badge that says whether a user may sign in."""
    state = "disabled" if user.disabled_at else "restricted" if user.restricted_at else "active"
    return {"tone": TONES[state], "text": STATES[state]}


@dashboard(Right.SEE_PEOPLE)
def users(request: KumquatRequest) -> HttpResponse:
    """The customer's users, newest first, with the columns that apps add."""
    filters = UserFilters(request)
    mine = filters.apply(end_users(request.customer))
    page = listing.page(request, mine)
    columns = sorted(registry.USER_COLUMNS, key=lambda column: column.order)
    cells = [column.read(page.rows) for column in columns]
    context = {
        "page": page,
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s user", "%(n)s users", "count")),
        "columns": [column.label for column in columns],
        "rows": [
            {
                "user": user,
                "state": state_of(user),
                "mixed": names.mixed_scripts(user.username),
                "cells": [(column.label, cell.get(user.pk, "")) for column, cell in zip(columns, cells, strict=True)],
            }
            for user in page.rows
        ],
        "may_edit": may(request.membership.role, Right.EDIT_PEOPLE),
    }
    return render(request, "console/users.html", context)


@dashboard(Right.EDIT_PEOPLE)
def add(request: KumquatRequest) -> HttpResponse:
    """A new user."""
    form = UserForm(request.POST or None)
    if form.is_valid():
        user = save(form, lambda **fields: verbs.create_user(request.customer, by=actor(request), **fields))
        if user is not None:
            say(request, _("%(user)s is added.") % {"user": user})
            return redirect("console:user", user.public_id)
    return render(request, "console/user_add.html", {"form": form})


def save(form: UserForm, verb: Any) -> Any:
    """What the verb made of the form's fields, or None when it refused; the form then says why."""
    try:
        return verb(**form.cleaned_data)
    except verbs.NameTaken:
        form.add_error("username", _("Another user has this name. Find that user in the list."))
    except verbs.ErasedBefore:
        form.erased = True
        form.add_error("username", _("This person was erased. Allow the name again before you use it."))
    return None
