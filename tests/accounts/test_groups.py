"""Groups: named, ordered without gaps, filled with the customer's own users, and gone with what was said of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import audit, verbs
from accounts.models import AuditRecord, Group, GroupMember
from accounts.verbs import groups
from tests.factories import CustomerFactory, UserFactory, member

BY = audit.SYSTEM


def order(customer):
    return list(Group.objects.filter(customer=customer).order_by("position").values_list("name", "position"))


@pytest.fixture
def customer(db):
    return CustomerFactory()


def three(customer):
    return [verbs.add_group(customer, name, BY) for name in "ABC"]


def test_a_new_group_comes_last(customer):
    three(customer)

    assert order(customer) == [("A", 1), ("B", 2), ("C", 3)]


@pytest.mark.parametrize(
    ("position", "expected"), [(1, "CAB"), (2, "ACB"), (3, "ABC"), (0, "CAB"), (99, "ABC"), (-5, "CAB")]
)
def test_a_group_is_put_where_it_was_asked_and_the_others_close_ranks(customer, position, expected):
    *_others, last = three(customer)

    verbs.move_group(last, position, BY)

    assert order(customer) == [(name, at) for at, name in enumerate(expected, start=1)]


def test_a_group_that_goes_leaves_no_gap_and_takes_nobody_with_it(customer):
    first, *_others = three(customer)
    user = UserFactory(customer=customer)
    verbs.put_in_group(first, [user], BY)

    verbs.delete_group(first, BY)

    assert order(customer) == [("B", 1), ("C", 2)]
    user.refresh_from_db()
    assert AuditRecord.objects.get(action="group.deleted").facts == {"name": "A", "users": 1}


@pytest.mark.parametrize("name", ["A", "a"])
def test_two_groups_have_no_name_in_common_whatever_its_case(customer, name):
    three(customer)
    other = verbs.add_group(customer, "D", BY)

    with pytest.raises(verbs.GroupNameTaken):
        verbs.add_group(customer, name, BY)
    with pytest.raises(verbs.GroupNameTaken):
        verbs.rename_group(other, name, BY)


def test_another_customer_may_use_the_same_name(customer):
    three(customer)

    assert verbs.add_group(CustomerFactory(), "A", BY).position == 1


def test_a_group_may_change_the_case_of_its_own_name(customer):
    group = verbs.add_group(customer, "editors", BY)

    verbs.rename_group(group, "Editors", BY)

    assert order(customer) == [("Editors", 1)]


def test_a_customer_has_a_hundred_groups_at_most(customer, monkeypatch):
    monkeypatch.setattr(groups, "MOST_GROUPS", 3)
    three(customer)

    with pytest.raises(verbs.TooManyGroups):
        verbs.add_group(customer, "D", BY)


def test_only_the_customers_own_living_end_users_are_put_in_a_group(customer):
    group = verbs.add_group(customer, "A", BY)
    mine, gone = UserFactory(customer=customer), UserFactory(customer=customer)
    verbs.request_erasure(gone, BY)
    given = [mine, gone, UserFactory(), member(customer=customer)]

    assert verbs.put_in_group(group, given, BY) == 1
    assert verbs.put_in_group(group, given, BY) == 0
    assert [one.user for one in GroupMember.objects.all()] == [mine]


def test_who_is_taken_out_is_out_and_the_trail_says_whom(customer):
    group = verbs.add_group(customer, "A", BY)
    user = UserFactory(customer=customer)
    verbs.put_in_group(group, [user], BY)

    assert verbs.take_from_group(group, user, BY)
    assert not verbs.take_from_group(group, user, BY)
    assert AuditRecord.objects.get(action="group.user_removed").person == user.pk


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_groups_added_at_once_get_positions_of_their_own():
    customer = CustomerFactory()

    def add(number):
        try:
            return verbs.add_group(customer, f"G{number}", BY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))

    assert [position for _name, position in order(customer)] == [*range(1, 9)]
