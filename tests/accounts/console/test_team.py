"""The team: members, invitations, roles, and the matrix that code, page and test share."""

import pytest
from django.urls import reverse

from accounts import audit, roles
from accounts.models import Invitation, Membership, Message, Role
from accounts.roles import MATRIX, Right
from accounts.verbs import team
from tests.accounts.console.cast import desk
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("console:team")


@pytest.mark.product("customer-12")
def test_the_matrix_on_the_page_is_the_one_that_views_obey():
    browser = desk()

    shown = {row["label"]: [allowed for _role, allowed in row["may"]] for row in browser.get(PAGE).context["matrix"]}

    assert shown == {label: [right in MATRIX[role] for role in Role] for right, label in roles.LABELS.items()}
    assert set(roles.LABELS) == set(Right)


def test_inviting_mails_a_link_and_lists_the_invitation():
    browser = desk()

    page = browser.said(reverse("console:team_invite"), {"email": "oda@nordvik.example", "role": "help_desk"})

    assert "oda@nordvik.example is invited" in page
    assert Message.objects.get(kind="accounts.invitation").to == "oda@nordvik.example"
    assert reverse("console:team_withdraw", args=[Invitation.objects.get().public_id]) in page


def test_who_is_in_the_team_is_not_invited_again():
    browser = desk()

    page = browser.said(reverse("console:team_invite"), {"email": browser.user.email.upper(), "role": "admin"})

    assert "This person is in the team already" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["", "king", "owner "])
def test_a_role_that_does_not_exist_is_not_given(role):
    browser = desk()

    browser.said(reverse("console:team_invite"), {"email": "oda@nordvik.example", "role": role})

    assert not Invitation.objects.exists()


def test_an_admin_can_neither_invite_nor_make_owners():
    browser = desk(Role.ADMIN)
    other = MembershipFactory(customer=browser.customer, role=Role.READ_ONLY)

    invited = browser.said(reverse("console:team_invite"), {"email": "oda@nordvik.example", "role": "owner"})
    made = browser.said(reverse("console:team_role", args=[other.public_id]), {"role": "owner"})

    assert "Only an owner can make or unmake owners" in invited
    assert "Only an owner can make or unmake owners" in made
    other.refresh_from_db()
    assert other.role == Role.READ_ONLY


def test_too_many_open_invitations_are_named(monkeypatch):
    monkeypatch.setattr(team, "MOST_OPEN", 1)
    browser = desk()
    team.invite(browser.customer, "a@nordvik.example", Role.ADMIN, audit.SYSTEM)

    page = browser.said(reverse("console:team_invite"), {"email": "b@nordvik.example", "role": "admin"})

    assert "as many as there can be" in page


def test_before_the_own_address_is_confirmed_nobody_is_invited():
    browser = desk()
    browser.customer.confirmed_at = None
    browser.customer.save()

    page = browser.said(reverse("console:team_invite"), {"email": "oda@nordvik.example", "role": "admin"})

    assert "Confirm your e-mail address first" in page


def test_an_invitation_is_withdrawn_after_a_question():
    browser = desk()
    invitation = team.invite(browser.customer, "oda@nordvik.example", Role.ADMIN, audit.SYSTEM)
    url = reverse("console:team_withdraw", args=[invitation.public_id])
    assert "Withdraw the invitation of oda@nordvik.example?" in browser.text(url)

    assert "is withdrawn" in browser.said(url)
    assert browser.get(url).status_code == 404


def test_a_role_is_changed_and_the_member_told():
    browser = desk()
    other = MembershipFactory(customer=browser.customer, role=Role.READ_ONLY)

    page = browser.said(reverse("console:team_role", args=[other.public_id]), {"role": "admin"})

    other.refresh_from_db()
    assert other.role == Role.ADMIN
    assert "has the role admin now" in page
    assert Message.objects.get(kind="accounts.role_changed").to == other.user.email


def test_a_member_is_removed_after_a_question_that_names_them():
    browser = desk()
    other = MembershipFactory(customer=browser.customer, role=Role.ADMIN)
    url = reverse("console:team_remove", args=[other.public_id])
    assert f"Keep {other.user}" in browser.text(url)

    browser.said(url)

    assert not Membership.objects.filter(pk=other.pk).exists()


def test_the_last_owner_stays():
    browser = desk()
    mine = browser.user.memberships.get()

    for page in (
        browser.said(reverse("console:team_leave")),
        browser.said(reverse("console:team_role", args=[mine.public_id]), {"role": "admin"}),
    ):
        assert "The last owner stays" in page
    mine.refresh_from_db()
    assert mine.role == Role.OWNER


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HELP_DESK, Role.READ_ONLY])
def test_everybody_may_leave_by_themselves(role):
    browser = desk(role)
    assert "Leave the team" in browser.text(reverse("console:team_leave"))

    response = browser.post(reverse("console:team_leave"), follow=True)

    assert response.status_code == 403
    assert not browser.user.memberships.exists()


def test_a_helper_sees_the_team_but_changes_nothing():
    browser = desk(Role.HELP_DESK)
    other = MembershipFactory(customer=browser.customer, role=Role.ADMIN)

    page = browser.text(PAGE)

    assert other.user.email in page
    assert reverse("console:team_remove", args=[other.public_id]) not in page
    assert reverse("console:team_invite") not in page
