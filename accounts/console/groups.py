"""Groups of users: the list in its order, one group with who is in it, and filling one by search."""

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import verbs
from accounts.console import listing, registry
from accounts.console.access import dashboard
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.console.user import user_of
from accounts.console.users import UserFilters, matching, state_of
from accounts.http import KumquatRequest
from accounts.models import Customer, Group, User
from accounts.roles import Right, may
from accounts.verbs.groups import MOST_GROUPS, GroupNameTaken, TooManyGroups
from accounts.verbs.people import end_users

FOUND = 20  # users that a search shows at once


class GroupForm(forms.Form):
    """A group's name."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("As your policies and lists show it, such as Editors or Accounting."),
        error_messages={"required": gettext_lazy("A name, so that you know it again in the lists.")},
    )


class MemberFilters(listing.Filters):
    """Search among the users of a group."""

    q = listing.Search(gettext_lazy("Name, username or e-mail"))


def group_of(customer: Customer, public_id: str) -> Group:
    """One group of the customer's; 404 for anybody else's."""
    return get_object_or_404(Group.objects.select_related("customer"), customer=customer, public_id=public_id)


def members_of(group: Group) -> Any:
    """The living users in a group."""
    return end_users(group.customer).filter(group_members__group=group)


def section(request: KumquatRequest, user: User) -> dict[str, Any]:
    """The groups that a user is in, for the user's page."""
    mine = Group.objects.filter(customer=request.customer, members__user=user).order_by("position")
    return {"groups": list(mine)}


@dashboard(Right.SEE_PEOPLE)
def groups(request: KumquatRequest) -> HttpResponse:
    """All groups in the order in which they decide."""
    mine = Group.objects.filter(customer=request.customer).annotate(size=Count("members")).order_by("position", "pk")
    rows = list(mine)
    words = ngettext_lazy("%(n)d user", "%(n)d users", "n")
    context = {
        "rows": [
            {"group": row, "users": words % {"n": row.size}, "up": at - 1 if at > 1 else 0, "down": at + 1}
            for at, row in enumerate(rows, start=1)
        ],
        "last": len(rows),
        "may_edit": may(request.membership.role, Right.EDIT_PEOPLE),
    }
    return render(request, "console/groups.html", context)


@dashboard(Right.EDIT_PEOPLE)
def add(request: KumquatRequest) -> HttpResponse:
    """A new group, still empty."""
    form = GroupForm(request.POST or None)
    if form.is_valid():
        try:
            group = verbs.add_group(request.customer, form.cleaned_data["name"], actor(request))
        except GroupNameTaken:
            form.add_error("name", _("Another group has this name."))
        except TooManyGroups:
            text = _("You have %(most)d groups, as many as one customer can have. Delete one that is not used.")
            form.add_error(None, text % {"most": MOST_GROUPS})
        else:
            say(request, _("%(group)s is added. Put users in it next.") % {"group": group.name})
            return redirect("console:group_fill", group.public_id)
    return render(request, "console/group_add.html", {"form": form})


@dashboard(Right.SEE_PEOPLE)
def group(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Who is in a group."""
    found = group_of(request.customer, public_id)
    filters = MemberFilters(request)
    text = filters.chosen("q")
    mine = members_of(found) if text is None else members_of(found).filter(matching(text))
    page = listing.page(request, mine)
    context = {
        "group": found,
        "page": page,
        "rows": [{"user": user, "state": state_of(user)} for user in page.rows],
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s user", "%(n)s users", "count")),
        "may_edit": may(request.membership.role, Right.EDIT_PEOPLE),
    }
    return render(request, "console/group.html", context)


@dashboard(Right.EDIT_PEOPLE)
def rename(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Another name for a group."""
    found = group_of(request.customer, public_id)
    form = GroupForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            verbs.rename_group(found, form.cleaned_data["name"], actor(request))
        except GroupNameTaken:
            form.add_error("name", _("Another group has this name."))
        else:
            say(request, _("The group is called %(group)s now.") % {"group": found.name})
            return redirect("console:group", found.public_id)
    return render(request, "console/group_rename.html", {"form": form, "group": found})


@dashboard(Right.EDIT_PEOPLE)
def move(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Put a group earlier or later in the order in which groups decide."""
    found = group_of(request.customer, public_id)
    position = request.POST.get("position", "")
    if request.method == "POST" and position.isascii() and position.isdecimal() and len(position) < 5:
        verbs.move_group(found, int(position), actor(request))
        text = _("%(group)s is number %(position)d now.")
        say(request, text % {"group": found.name, "position": found.position})
    return redirect("console:groups")


@dashboard(Right.EDIT_PEOPLE)
def delete(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Delete a group, after a page that names what goes."""
    found = group_of(request.customer, public_id)
    if request.method == "POST":
        verbs.delete_group(found, actor(request))
        say(request, _("%(group)s is deleted. Its users stay.") % {"group": found.name})
        return redirect("console:groups")
    goes = [words for holding in registry.GROUP_HOLDINGS for words in holding(found)]
    context = {"group": found, "goes": goes, "size": listing.bounded(members_of(found)[:1001].count())}
    return render(request, "console/group_delete.html", context)


@dashboard(Right.EDIT_PEOPLE)
def fill(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Search for users and put those that are ticked in the group."""
    found = group_of(request.customer, public_id)
    if request.method == "POST":
        chosen = end_users(request.customer).filter(public_id__in=request.POST.getlist("user")[:FOUND])
        added = verbs.put_in_group(found, chosen, actor(request))
        words = ngettext_lazy("%(n)d user is in %(group)s now.", "%(n)d users are in %(group)s now.", "n")
        say(request, words % {"n": added, "group": found.name})
        return redirect(request.get_full_path())
    filters = UserFilters(request)
    others = filters.apply(end_users(request.customer)).exclude(group_members__group=found)
    context = {
        "group": found,
        "page": listing.page(request, others, FOUND),
        "filters": filters,
        "found": listing.counted(others, ngettext_lazy("%(n)s user", "%(n)s users", "count")),
    }
    return render(request, "console/group_fill.html", context)


@dashboard(Right.EDIT_PEOPLE)
def take_out(request: KumquatRequest, public_id: str, user_id: str) -> HttpResponse:
    """Take one user out of a group, after a page that says so."""
    found, person = group_of(request.customer, public_id), user_of(request.customer, user_id)
    if request.method == "POST":
        if verbs.take_from_group(found, person, actor(request)):
            say(request, _("%(user)s is no longer in %(group)s.") % {"user": person, "group": found.name})
        return redirect("console:group", found.public_id)
    context = {"group": found, "person": person, "back_url": reverse("console:group", args=[found.public_id])}
    return render(request, "console/group_take_out.html", context)
