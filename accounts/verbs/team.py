"""A customer's team: members are invited, join, get another role, leave. The last owner stays."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, limits, links, names
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.limits import DAY, Limit
from accounts.messages import verbs as messages
from accounts.models import AuditRecord, Customer, Invitation, Link, Membership, Role, User
from accounts.roles import Right, may
from accounts.verbs.customers import mark_confirmed, operator

INVITE = "invitation"
LASTS = timedelta(days=7)
MOST_OPEN = 50  # invitations of one customer


class OwnersOnly(Exception):
    """Only an owner may make or unmake owners."""


class LastOwner(Exception):
    """The only owner can neither leave nor become something else."""


class AlreadyMember(Exception):
    """The address belongs to a member of this customer."""


class TooManyInvitations(Exception):
    """The customer has as many open invitations as one may have."""


class NotNow(Exception):
    """No invitation goes out now; `str()` of it says why, for people."""


def members(customer: Customer) -> models.QuerySet[Membership]:
    """The team, oldest first."""
    return Membership.objects.filter(customer=customer).select_related("user").order_by("created_at")


def open_invitations(customer: Customer) -> models.QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    now = timezone.now()
    rows = Invitation.objects.filter(customer=customer, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    return rows.select_related("invited_by").order_by("-created_at")


@transaction.atomic
def invite(customer: Customer, email: str, role: str, by: Actor) -> Invitation:
    """Mail an offer of a role; an earlier offer to the same address is withdrawn.

    Raises OwnersOnly, AlreadyMember, TooManyInvitations, NotNow, names.UnusableName.
    """
    name = names.canonical(email)
    _require_owner(customer, by, role)
    if customer.confirmed_at is None:
        raise NotNow(_("Confirm your e-mail address first. Until then mail goes to that address only."))
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if Membership.objects.filter(customer=customer, user__canonical_username=name, user__erased_at=None).exists():
        raise AlreadyMember
    for earlier in open_invitations(customer):
        if names.canonical(earlier.email) == name:
            _require_owner(customer, by, earlier.role)
            _end(earlier)
    if open_invitations(customer).count() >= MOST_OPEN:
        raise TooManyInvitations
    mailed = [Limit("invited by", str(customer.pk), 100, DAY), Limit("invited", f"{customer.pk} {name}", 5, DAY)]
    if limits.hit(mailed) is not None:
        raise NotNow(_("Enough invitations went out today. Try again tomorrow."))
    row = Invitation.objects.create(
        customer=customer,
        email=email,
        role=Role(role),
        invited_by_id=by.id if by.kind in {AuditRecord.Actor.MEMBER, AuditRecord.Actor.STAFF} else None,
        expires_at=timezone.now() + LASTS,
    )
    _mail(row)
    audit.record("team.invited", by, customer, row, facts={"role": row.role})
    return row


def _mail(row: Invitation) -> None:
    link = links.make(INVITE, lasts=LASTS, customer=row.customer, about=row.public_id, value=row.email)
    known = find_member(row.email)
    inviter = row.invited_by.get_full_name() if row.invited_by is not None else ""
    context = {"customer": row.customer.name, "role": row.role, "by": inviter}
    messages.queue(
        "accounts.invitation",
        customer=row.customer,
        channel="email",
        to=row.email,
        user=known,
        link=link,
        context=context,
    )


@transaction.atomic
def withdraw(invitation: Invitation, by: Actor) -> None:
    """Take an offer back; its link stops working. Raises OwnersOnly."""
    _require_owner(invitation.customer, by, invitation.role)
    _end(invitation)
    audit.record("team.invitation_withdrawn", by, invitation.customer, invitation, facts={"role": invitation.role})


def _end(invitation: Invitation) -> None:
    now = timezone.now()
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    Link.objects.filter(purpose=INVITE, about=invitation.public_id, used_at=None).update(used_at=now)


def invitation_of(link: Link) -> Invitation | None:
    """The open invitation that a link is about."""
    now = timezone.now()
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    return rows.select_related("customer", "invited_by").filter(public_id=link.about).first()


@transaction.atomic
def accept(link: Link, user: User, by: Actor) -> Membership | None:
    """Spend an invitation's link for the member it was mailed to; None when it is over or somebody else's."""
    invitation = invitation_of(link)
    if invitation is None or names.canonical(invitation.email) != user.canonical_email or not links.spend(link):
        return None
    return _join(invitation, user, by)


@transaction.atomic
def accept_as_new(
    link: Link, *, first_name: str, last_name: str, password: str, language: str, by: Actor
) -> Membership | None:
    """Make an account for an invited person, and accept; None when the link is over or they have an account."""
    invitation = invitation_of(link)
    if invitation is None or find_member(invitation.email) is not None or not links.spend(link):
        return None
    user = User(customer=operator(), username=invitation.email, email=invitation.email, language=language)
    user.first_name, user.last_name = first_name, last_name
    user.set_password(password)
    user.save(force_insert=True)
    audit.record("member.created", by, user.customer, user)
    return _join(invitation, user, by)


def _join(invitation: Invitation, user: User, by: Actor) -> Membership:
    """The membership that was offered; who is a member already keeps the role they have."""
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    mark_confirmed(user)  # the mail was read
    membership, new = Membership.objects.get_or_create(
        user=user, customer=invitation.customer, defaults={"role": invitation.role}
    )
    if new:
        facts = {"role": membership.role}
        audit.record("team.joined", by, invitation.customer, membership, person=user.pk, facts=facts)
    return membership


@transaction.atomic
def set_role(membership: Membership, role: str, by: Actor) -> None:
    """Give a member another role, and tell them. Raises OwnersOnly, LastOwner."""
    locked = _locked(membership)
    role = Role(role)
    if locked.role == role:
        return
    _require_owner(locked.customer, by, role, locked.role)
    _require_other_owner(locked)
    facts = {"role": [locked.role, role]}
    locked.role = membership.role = role
    locked.save(update_fields=["role"])
    audit.record("team.role_set", by, locked.customer, locked, person=locked.user_id, facts=facts)
    _tell(locked, "accounts.role_changed")


@transaction.atomic
def remove(membership: Membership, by: Actor) -> None:
    """End a membership, and tell the person; their account stays. Raises OwnersOnly, LastOwner."""
    locked = _locked(membership)
    if by.id != locked.user_id:  # everybody may leave by themselves
        _require_owner(locked.customer, by, locked.role)
    _require_other_owner(locked)
    audit.record("team.removed", by, locked.customer, locked, person=locked.user_id, facts={"role": locked.role})
    _tell(locked, "accounts.left_team")
    locked.delete()


def _locked(membership: Membership) -> Membership:
    """The row as it is now, with the customer's row locked, so that of two owners who leave at once one stays."""
    Customer.objects.select_for_update(no_key=True).get(pk=membership.customer_id)
    return Membership.objects.select_related("customer", "user").get(pk=membership.pk)


def _require_owner(customer: Customer, by: Actor, *roles: str) -> None:
    """Raise OwnersOnly when a role is the owner's and a member acts who is none. Staff act for any customer."""
    if Role.OWNER not in roles or by.kind != AuditRecord.Actor.MEMBER:
        return
    own = Membership.objects.filter(customer=customer, user=by.id).first()
    if own is None or not may(own.role, Right.CLOSE):
        raise OwnersOnly


def _require_other_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(customer=membership.customer, role=Role.OWNER).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOwner


def _tell(membership: Membership, kind: str) -> None:
    messages.queue(
        kind,
        customer=membership.customer,
        channel="email",
        to=membership.user.email,
        user=membership.user,
        context={"customer": membership.customer.name, "role": membership.role},
    )
