"""Teams: who may invite and unmake whom, and that one owner always stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import audit, links
from accounts.http import NOWHERE
from accounts.models import AuditRecord, Invitation, Link, Membership, Message, Role, User
from accounts.verbs import team
from tests.factories import PASSWORD, CustomerFactory, MembershipFactory, member

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"


def acting(membership):
    return audit.member(membership.user, NOWHERE)


@pytest.fixture
def owner():
    return MembershipFactory()


@pytest.fixture
def admin(owner):
    return MembershipFactory(customer=owner.customer, role=Role.ADMIN)


def invite(by, email="new@kumquat.example", role=Role.HELP_DESK):
    return team.invite(by.customer, email, role, acting(by))


def open_link(client, invitation):
    link = Link.objects.get(purpose="invitation", about=invitation.public_id)
    return client.get(f"/l/{links.token(link)}", follow=True)


# Inviting


def test_an_invitation_is_mailed_with_a_link(owner):
    invitation = invite(owner)

    message = Message.objects.get(kind="accounts.invitation")
    assert message.to == "new@kumquat.example"
    assert message.link.about == invitation.public_id
    assert list(team.open_invitations(owner.customer)) == [invitation]
    assert AuditRecord.objects.filter(action="team.invited", actor_id=owner.user_id).exists()


def test_only_an_owner_invites_owners(owner, admin):
    with pytest.raises(team.OwnersOnly):
        invite(admin, role=Role.OWNER)
    assert invite(admin, role=Role.ADMIN).role == "admin"
    assert invite(owner, "other@kumquat.example", Role.OWNER).role == "owner"


def test_an_owner_elsewhere_is_no_owner_here(admin):
    MembershipFactory(user=admin.user, role=Role.OWNER)

    with pytest.raises(team.OwnersOnly):
        invite(admin, role=Role.OWNER)


def test_an_admin_does_not_replace_an_invitation_of_an_owner(owner, admin):
    invite(owner, role=Role.OWNER)

    with pytest.raises(team.OwnersOnly):
        invite(admin)
    assert team.open_invitations(owner.customer).get().role == "owner"


def test_a_newer_invitation_replaces_the_older(owner):
    first = invite(owner)
    second = invite(owner, "NEW@kumquat.example", Role.ADMIN)

    assert list(team.open_invitations(owner.customer)) == [second]
    assert open_link(Client(), first).status_code == 410


def test_a_member_is_not_invited_again(owner, admin):
    with pytest.raises(team.AlreadyMember):
        invite(owner, admin.user.email.upper())


def test_fifty_open_invitations_are_enough(owner):
    now = timezone.now()
    Invitation.objects.bulk_create(
        Invitation(
            customer=owner.customer,
            email=f"a{number}@kumquat.example",
            role=Role.ADMIN,
            expires_at=now + timedelta(days=1),
        )
        for number in range(team.MOST_OPEN)
    )

    with pytest.raises(team.TooManyInvitations):
        invite(owner)


def test_before_its_address_is_confirmed_a_customer_invites_nobody(owner):
    owner.customer.confirmed_at = None

    with pytest.raises(team.NotNow, match="Confirm"):
        invite(owner)
    assert not Message.objects.exists()


def test_one_address_is_invited_five_times_a_day(owner, time_machine):
    time_machine.move_to(timezone.now().replace(hour=12, minute=1))
    for _ in range(5):
        invite(owner)

    with pytest.raises(team.NotNow, match="tomorrow"):
        invite(owner)
    assert invite(owner, "other@kumquat.example").email == "other@kumquat.example"


def test_a_withdrawn_invitation_is_over(owner):
    invitation = invite(owner)
    team.withdraw(invitation, acting(owner))

    assert not team.open_invitations(owner.customer).exists()
    assert open_link(Client(), invitation).status_code == 410


def test_only_an_owner_withdraws_the_invitation_of_an_owner(owner, admin):
    invitation = invite(owner, role=Role.OWNER)

    with pytest.raises(team.OwnersOnly):
        team.withdraw(invitation, acting(admin))


# Joining


def test_who_is_new_joins_by_name_and_password(client, owner):
    invitation = invite(owner)
    page = open_link(client, invitation)
    assert owner.customer.name in page.content.decode()
    assert not User.objects.filter(username="new@kumquat.example").exists()

    response = client.post("/l/", {"first_name": "Jonas", "last_name": "Myhre", "password": NEW})

    assert response["Location"] == "/sign-in/"
    user = User.objects.get(username="new@kumquat.example")
    assert user.email_confirmed_at is not None
    assert Membership.objects.get(user=user).role == "help_desk"
    assert client.post("/sign-in/", {"email": user.username, "password": NEW})["Location"] == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200
    assert open_link(client, invitation).status_code == 410


def test_a_weak_password_is_told_so_and_nothing_is_lost(client, owner):
    open_link(client, invite(owner))

    response = client.post("/l/", {"first_name": "Jonas", "password": "short"})

    assert response.context["form"].errors["password"]
    assert 'value="Jonas"' in response.content.decode()
    assert not User.objects.filter(username="new@kumquat.example").exists()


def test_an_existing_member_signs_in_and_accepts(client, owner):
    user = member()
    invitation = invite(owner, user.email)

    page = open_link(client, invitation)
    assert "/sign-in/?next=/l/" in page.content.decode()
    response = client.post("/sign-in/", {"email": user.username, "password": PASSWORD, "next": "/l/"})
    assert response["Location"] == "/l/"
    client.get("/l/")
    assert user.memberships.count() == 1
    response = client.post("/l/")

    assert response["Location"] == "/dashboard/"
    assert user.memberships.count() == 2
    assert client.session["customer"] == str(owner.customer_id)


def test_an_existing_account_gets_no_second_password_by_invitation(client, owner):
    user = member()
    open_link(client, invite(owner, user.email))

    client.post("/l/", {"password": NEW})

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.memberships.count() == 1


def test_somebody_else_cannot_accept(client, owner):
    other = member()
    client.post("/sign-in/", {"email": other.username, "password": PASSWORD})
    invitation = invite(owner)

    page = open_link(client, invitation)
    assert "Sign out" in page.content.decode()
    client.post("/l/", {"password": NEW})

    assert other.memberships.count() == 1
    assert team.invitation_of(Link.objects.get(purpose="invitation")) is not None


def test_an_invitation_is_accepted_once(owner):
    user = member()
    link = Link.objects.get(purpose="invitation", about=invite(owner, user.email).public_id)

    assert team.accept(link, user, audit.SYSTEM) is not None
    assert team.accept(link, user, audit.SYSTEM) is None


def test_an_invitation_ends_after_a_week(client, owner, time_machine):
    invitation = invite(owner)
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))

    assert open_link(client, invitation).status_code == 410


def test_who_is_a_member_already_keeps_the_role(owner):
    user = member()
    link = Link.objects.get(purpose="invitation", about=invite(owner, user.email, Role.READ_ONLY).public_id)
    MembershipFactory(user=user, customer=owner.customer, role=Role.ADMIN)

    membership = team.accept(link, user, audit.SYSTEM)

    assert membership.role == "admin"


# Roles, and leaving


def test_a_role_is_set_recorded_and_told(owner, admin):
    team.set_role(admin, Role.READ_ONLY, acting(owner))

    admin.refresh_from_db()
    assert admin.role == "read_only"
    record = AuditRecord.objects.get(action="team.role_set")
    assert record.facts == {"role": ["admin", "read_only"]}
    assert Message.objects.get(kind="accounts.role_changed").to == admin.user.email


def test_the_same_role_again_tells_nobody(owner, admin):
    team.set_role(admin, Role.ADMIN, acting(owner))

    assert not Message.objects.exists()


def test_only_an_owner_makes_and_unmakes_owners(owner, admin):
    second = MembershipFactory(customer=owner.customer, role=Role.OWNER)
    with pytest.raises(team.OwnersOnly):
        team.set_role(admin, Role.OWNER, acting(admin))
    with pytest.raises(team.OwnersOnly):
        team.set_role(second, Role.ADMIN, acting(admin))
    with pytest.raises(team.OwnersOnly):
        team.remove(second, acting(admin))

    team.set_role(admin, Role.OWNER, acting(owner))
    team.remove(second, acting(owner))
    assert Membership.objects.filter(customer=owner.customer, role=Role.OWNER).count() == 2


def test_the_last_owner_stays(owner, admin):
    with pytest.raises(team.LastOwner):
        team.remove(owner, acting(owner))
    with pytest.raises(team.LastOwner):
        team.set_role(owner, Role.ADMIN, acting(owner))
    assert Membership.objects.filter(customer=owner.customer, role=Role.OWNER).count() == 1


def test_an_owner_of_another_customer_does_not_count(owner):
    MembershipFactory(user=owner.user, customer=CustomerFactory())

    with pytest.raises(team.LastOwner):
        team.remove(owner, acting(owner))


def test_who_is_removed_is_told_and_keeps_the_account(owner, admin):
    team.remove(admin, acting(owner))

    assert User.objects.filter(pk=admin.user_id).exists()
    assert not Membership.objects.filter(pk=admin.pk).exists()
    assert Message.objects.get(kind="accounts.left_team").to == admin.user.email


def test_everybody_may_leave_by_themselves(owner, admin):
    second = MembershipFactory(customer=owner.customer, role=Role.OWNER)

    team.remove(admin, acting(admin))
    team.remove(second, acting(second))

    assert list(team.members(owner.customer)) == [owner]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays():
    first = MembershipFactory()
    second = MembershipFactory(customer=first.customer, role=Role.OWNER)

    def leave(membership):
        try:
            team.remove(membership, acting(membership))
        except team.LastOwner:
            return "stays"
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(leave, [first, second]))

    assert outcomes == ["left", "stays"]
    assert Membership.objects.filter(customer=first.customer, role=Role.OWNER).count() == 1
