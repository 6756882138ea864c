"""A customer's groups of users: made, named, ordered, filled, deleted. Of several, the first decides."""

from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer, Group, GroupMember, User
from accounts.verbs.people import end_users

MOST_GROUPS = 100


class GroupNameTaken(Exception):
    """Another group of the customer has this name."""


class TooManyGroups(Exception):
    """The customer has as many groups as one customer may have."""


@transaction.atomic
def add_group(customer: Customer, name: str, by: Actor) -> Group:
    """Make a group that comes after all others. Raises GroupNameTaken, TooManyGroups."""
    there = _locked(customer)
    if len(there) >= MOST_GROUPS:
        raise TooManyGroups
    _require_free(there, name)
    group = Group.objects.create(customer=customer, name=name, position=len(there) + 1)
    audit.record("group.added", by, customer, group, facts={"name": name})
    return group


@transaction.atomic
def rename_group(group: Group, name: str, by: Actor) -> None:
    """Give a group another name. Raises GroupNameTaken."""
    there = _locked(group.customer)
    _require_free([other for other in there if other.pk != group.pk], name)
    facts = audit.changed({"name": group.name}, {"name": name})
    group.name = name
    group.save(update_fields=["name"])
    if facts:
        audit.record("group.renamed", by, group.customer, group, facts=facts)


@transaction.atomic
def move_group(group: Group, position: int, by: Actor) -> None:
    """Put a group at a position, 1 for the first; the others close ranks. Positions have no gaps."""
    there = [other for other in _locked(group.customer) if other.pk != group.pk]
    before = group.position
    there.insert(max(0, min(position - 1, len(there))), group)
    _number(there)
    if group.position != before:
        facts = {"position": [before, group.position]}
        audit.record("group.moved", by, group.customer, group, facts=facts)


@transaction.atomic
def delete_group(group: Group, by: Actor) -> None:
    """Delete a group, and what was said of it alone; its users stay."""
    there = _locked(group.customer)
    customer, facts = group.customer, {"name": group.name, "users": group.members.count()}
    audit.record("group.deleted", by, customer, group, facts=facts)
    _number([other for other in there if other.pk != group.pk])
    group.delete()


@transaction.atomic
def put_in_group(group: Group, users: Iterable[User], by: Actor) -> int:
    """Add users of the customer's to a group; how many were not in it before. Others' users are left out."""
    wanted = end_users(group.customer).filter(pk__in=[user.pk for user in users]).exclude(group_members__group=group)
    added = 0
    for user in wanted:
        _member, is_new = GroupMember.objects.get_or_create(group=group, user=user)
        if is_new:
            _record("group.user_added", group, user, by)
            added += 1
    return added


@transaction.atomic
def take_from_group(group: Group, user: User, by: Actor) -> bool:
    """Take a user out of a group; False when they were not in it."""
    removed, _each = GroupMember.objects.filter(group=group, user=user).delete()
    if removed:
        _record("group.user_removed", group, user, by)
    return bool(removed)


def _record(action: str, group: Group, user: User, by: Actor) -> None:
    audit.record(action, by, group.customer, group, person=user.pk, facts={"name": group.name})


def _locked(customer: Customer) -> list[Group]:
    """The customer's groups in order; nobody else changes them meanwhile."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return list(Group.objects.filter(customer=customer).order_by("position", "pk"))


def _require_free(others: list[Group], name: str) -> None:
    if any(other.name.casefold() == name.casefold() for other in others):
        raise GroupNameTaken


def _number(groups: list[Group]) -> None:
    for position, group in enumerate(groups, start=1):
        if group.position != position:
            group.position = position
            group.save(update_fields=["position"])


__all__ = (
    "MOST_GROUPS",
    "GroupNameTaken",
    "TooManyGroups",
    "add_group",
    "delete_group",
    "move_group",
    "put_in_group",
    "rename_group",
    "take_from_group",
)
