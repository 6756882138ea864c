"""The team: who may open this dashboard, in which role, and who is invited."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import names, roles
from accounts.console import listing
from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, refuse, say
from accounts.forms import EmailField
from accounts.http import KumquatRequest
from accounts.models import Invitation, Membership, Role
from accounts.roles import Right, may
from accounts.verbs import team

OWNERS_ONLY = gettext_lazy("Only an owner can make or unmake owners.")
LAST_OWNER = gettext_lazy(
    "The last owner stays: somebody must answer for this account. Make another member owner first."
)

REFUSALS = (team.OwnersOnly, team.AlreadyMember, team.TooManyInvitations, team.NotNow, names.UnusableName)


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class InviteForm(RoleForm):
    """An offer of a role, by mail."""

    email = EmailField(widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        initial=Role.ADMIN,
        help_text=gettext_lazy("What each may do stands on the team’s page."),
    )
    field_order = ("email", "role")


def matrix() -> list[dict[str, Any]]:
    """The rights as rows and the roles as columns, from the one matrix that views obey too."""
    return [
        {"label": label, "may": [(role.label, may(role, right)) for role in Role]}
        for right, label in roles.LABELS.items()
    ]


def membership_of(request: KumquatRequest, public_id: str) -> Membership:
    """One membership of the customer's; 404 for any other."""
    return get_object_or_404(team.members(request.customer), public_id=public_id)


@dashboard(Right.SEE, of_test=False)
def members(request: KumquatRequest) -> HttpResponse:
    """The members, the open invitations, and what each role may do."""
    mine = Membership.objects.filter(customer=request.customer).select_related("user")
    context = {
        "page": listing.page(request, mine),
        "found": listing.counted(mine, ngettext_lazy("%(n)s member", "%(n)s members", "count")),
        "invitations": team.open_invitations(request.customer)[: team.MOST_OPEN],
        "roles": [role.label for role in Role],
        "matrix": matrix(),
        "me": request.membership,
        "may_edit": may(request.membership.role, Right.EDIT_TEAM),
    }
    return render(request, "console/team.html", context)


@dashboard(Right.EDIT_TEAM, of_test=False)
@fresh
def invite(request: KumquatRequest) -> HttpResponse:
    """Offer somebody a role."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            team.invite(request.customer, email, form.cleaned_data["role"], actor(request))
        except REFUSALS as error:
            form.add_error(*_why_not(error))
        else:
            say(request, _("%(email)s is invited. The link lasts a week.") % {"email": email})
            return redirect("console:team")
    return render(request, "console/team_invite.html", {"form": form})


def _why_not(error: Exception) -> tuple[str | None, Any]:
    """The field that an invitation failed at, and what to say beside it."""
    if isinstance(error, team.OwnersOnly):
        return "role", OWNERS_ONLY
    if isinstance(error, team.AlreadyMember):
        return "email", _("This person is in the team already.")
    if isinstance(error, team.TooManyInvitations):
        text = _("%(most)d invitations are open, as many as there can be. Withdraw one that is not needed.")
        return None, text % {"most": team.MOST_OPEN}
    if isinstance(error, names.UnusableName):
        return "email", _("This address holds characters that cannot be seen. Type it anew.")
    return None, str(error)


@dashboard(Right.EDIT_TEAM, of_test=False)
def withdraw(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Take an invitation back, after a page that names it."""
    open_ones: Any = team.open_invitations(request.customer)
    invitation: Invitation = get_object_or_404(open_ones, public_id=public_id)
    if request.method == "POST":
        try:
            team.withdraw(invitation, actor(request))
        except team.OwnersOnly:
            refuse(request, OWNERS_ONLY)
        else:
            say(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
        return redirect("console:team")
    return render(request, "console/team_withdraw.html", {"invitation": invitation})


@dashboard(Right.EDIT_TEAM, of_test=False)
@fresh
def role(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Give a member another role."""
    membership = membership_of(request, public_id)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if form.is_valid():
        try:
            team.set_role(membership, form.cleaned_data["role"], actor(request))
        except team.OwnersOnly:
            form.add_error("role", OWNERS_ONLY)
        except team.LastOwner:
            form.add_error("role", LAST_OWNER)
        except Membership.DoesNotExist as error:  # somebody else removed it meanwhile
            raise Http404 from error
        else:
            text = _("%(member)s has the role %(role)s now, and is told.")
            say(request, text % {"member": membership.user, "role": membership.get_role_display()})
            return redirect("console:team")
    return render(request, "console/team_role.html", {"form": form, "membership": membership})


@dashboard(Right.EDIT_TEAM, of_test=False)
@fresh
def remove(request: KumquatRequest, public_id: str) -> HttpResponse:
    """End a membership, after a page that names the person."""
    return _end(request, membership_of(request, public_id), "console:team")


@dashboard(Right.SEE, of_test=False)
def leave(request: KumquatRequest) -> HttpResponse:
    """End one's own membership, whatever the role."""
    return _end(request, request.membership, "console:start")


def _end(request: KumquatRequest, membership: Membership, after: str) -> HttpResponse:
    if request.method != "POST":
        is_me = membership.pk == request.membership.pk
        return render(request, "console/team_remove.html", {"membership": membership, "is_me": is_me})
    try:
        team.remove(membership, actor(request))
    except team.OwnersOnly:
        refuse(request, OWNERS_ONLY)
    except team.LastOwner:
        refuse(request, LAST_OWNER)
    except Membership.DoesNotExist as error:  # somebody else removed it meanwhile
        raise Http404 from error
    else:
        say(request, _("%(member)s is no longer in the team, and is told.") % {"member": membership.user})
        return redirect(after)
    return redirect("console:team")
