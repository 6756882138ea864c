"""One user's page, and what a member may do with a user: edit, disable, enable, delete, allow an erased name again."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import names, verbs
from accounts.console import registry
from accounts.console.access import dashboard
from accounts.console.fields import ReferenceForm
from accounts.console.pages import actor, say
from accounts.console.users import UserForm, save, state_of
from accounts.http import KumquatRequest
from accounts.models import Customer, User
from accounts.roles import Right, may
from accounts.verbs.people import EDITABLE, Because, end_users, note_seen

MOST_AT_ONCE = 100  # users that one page deletes


def user_of(customer: Customer, public_id: str) -> User:
    """One of the customer's living end users; 404 for anybody else."""
    return get_object_or_404(end_users(customer).select_related("customer"), public_id=public_id)


@dashboard(Right.SEE_PEOPLE)
def user(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Everything about one user, with the sections that apps add."""
    person = user_of(request.customer, public_id)
    note_seen(person, actor(request))
    role = request.membership.role
    sections = sorted(registry.USER_SECTIONS, key=lambda section: section.order)
    context = {
        "person": person,
        "state": state_of(person),
        "mixed": names.mixed_scripts(person.username),
        "may_edit": may(role, Right.EDIT_PEOPLE),
        "sections": [
            section.read(request, person) | {"template": section.template}
            for section in sections
            if may(role, section.right)
        ],
    }
    return render(request, "console/user.html", context)


@dashboard(Right.EDIT_PEOPLE)
def edit(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Change what is known of a user."""
    person = user_of(request.customer, public_id)
    initial = {name: getattr(person, name) for name in UserForm.base_fields if name in EDITABLE}
    form = UserForm(request.POST or None, initial=initial)
    if form.is_valid() and save(form, lambda **fields: verbs.update_user(person, actor(request), **fields)) is not None:
        say(request, _("%(user)s is saved.") % {"user": person})
        return redirect("console:user", person.public_id)
    return render(request, "console/user_edit.html", {"form": form, "person": user_of(request.customer, public_id)})


@dashboard(Right.EDIT_PEOPLE)
def disable(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Keep a user out until further notice, after a page that says so."""
    person = user_of(request.customer, public_id)
    if request.method == "POST":
        verbs.set_enabled(person, False, actor(request))
        say(request, _("%(user)s can no longer sign in.") % {"user": person})
        return redirect("console:user", person.public_id)
    return render(request, "console/user_disable.html", {"person": person})


@dashboard(Right.EDIT_PEOPLE)
def enable(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Let a disabled user in again."""
    person = user_of(request.customer, public_id)
    if request.method == "POST":
        verbs.set_enabled(person, True, actor(request))
        say(request, _("%(user)s can sign in again.") % {"user": person})
    return redirect("console:user", person.public_id)


@dashboard(Right.EDIT_PEOPLE)
def delete(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Have a user erased, after a page that names what goes and asks what led to it."""
    person = user_of(request.customer, public_id)
    form = ReferenceForm(request.POST or None)
    if form.is_valid():
        verbs.request_erasure(person, actor(request), reference=form.cleaned_data["reference"])
        say(request, _("%(user)s is gone from every list. What we hold is erased within a minute.") % {"user": person})
        return redirect("console:users")
    goes = [words for holding in registry.USER_HOLDINGS for words in holding(person)]
    return render(request, "console/user_delete.html", {"person": person, "goes": goes, "form": form})


@dashboard(Right.EDIT_PEOPLE)
def delete_many(request: KumquatRequest) -> HttpResponse:
    """Have several users erased for one reason, after a page that names each; those chosen in the list."""
    chosen = dict.fromkeys((request.POST if request.method == "POST" else request.GET).getlist("user"))
    people = list(end_users(request.customer).filter(public_id__in=list(chosen)[:MOST_AT_ONCE]).order_by("-id"))
    form = ReferenceForm(request.POST or None)
    if people and form.is_valid():
        for person in people:
            person.customer = request.customer
            verbs.request_erasure(person, actor(request), reference=form.cleaned_data["reference"])
        gone = ngettext(
            "%(n)d user is gone from every list. What we hold is erased within a minute.",
            "%(n)d users are gone from every list. What we hold is erased within a minute.",
            len(people),
        )
        say(request, gone % {"n": len(people)})
        return redirect("console:users")
    if not people:
        say(request, _("Choose in the list whom to delete."))
        return redirect("console:users")
    return render(request, "console/users_delete.html", {"people": people, "form": form})


class NameForm(forms.Form):
    """The username that was erased, and why it may be used again."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=names.MAX_LENGTH,
        error_messages={"required": gettext_lazy("We need the name that your site sends.")},
    )
    because = forms.ChoiceField(label=gettext_lazy("Reason"), choices=Because, widget=forms.RadioSelect)


@dashboard(Right.EDIT_PEOPLE)
def allow_name(request: KumquatRequest) -> HttpResponse:
    """Let an erased username be used again. We keep only its hash, so it has to be typed."""
    form = NameForm(request.POST or None, initial={"username": request.GET.get("username", "")})
    if form.is_valid():
        username = form.cleaned_data["username"]
        try:
            allowed = verbs.allow_name(request.customer, username, actor(request), because=form.cleaned_data["because"])
        except names.UnusableName:
            allowed = False
        if allowed:
            say(request, _("%(name)s can be used again.") % {"name": username})
            return redirect("console:user_add")
        form.add_error("username", _("Nobody of this name was erased. Check the spelling."))
    return render(request, "console/user_allow.html", {"form": form})
