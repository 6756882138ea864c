"""Killed with -9 before its statements and commits, an erasure is done or not begun, and the next run completes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import Customer, ErasureRequest, Message, PersonKey, User
from accounts.verbs import closing
from mfa.models import Authenticator, Transaction
from privacy import tasks
from tests.factories import MessageFactory, TransactionFactory, UserFactory, member
from tests.privacy.faults import killed_again_and_again

pytestmark = [pytest.mark.promise("R1"), pytest.mark.django_db(transaction=True)]


def person(customer=None):
    """Somebody with an authenticator, a sign-in, a message that waits and something sealed in the trail."""
    user = UserFactory(**({"customer": customer} if customer else {}))
    TransactionFactory(authenticator__user=user, authenticator__method="email_code", authenticator__secret=None)
    MessageFactory(customer=user.customer, user=user, to=user.email)
    people.update_user(user, SYSTEM, first_name="Nora Marie")
    return user


def whole_or_gone(user):
    """Fails when something of a person is there and something else is not."""
    there = User.objects.filter(pk=user.pk).exists()
    found = {
        "key": PersonKey.objects.filter(pk=user.pk).exists(),
        "authenticator": Authenticator.objects.filter(user=user.pk).exists(),
        "sign-in": Transaction.objects.filter(user=user.pk).exists(),
        "message": Message.objects.filter(user=user.pk).exclude(to_masked="").exists(),
    }
    assert set(found.values()) == {there}, found
    return there


@pytest.mark.requirement("R-57")
def test_a_person_is_erased_whole_or_not_at_all_wherever_the_worker_dies():
    user = person()
    people.request_erasure(user, SYSTEM)

    def check():
        there = whole_or_gone(user)
        assert ErasureRequest.objects.filter(done_at=None).exists() is there

    times = killed_again_and_again(tasks.erase_due, check, stride=7)

    assert times > 10
    assert not User.objects.filter(pk=user.pk).exists()
    assert Message.objects.get().state == Message.State.EXPIRED
    assert audit.AuditRecord.objects.filter(action="user.erased").count() == 1


def test_of_several_persons_each_is_erased_once_whatever_was_done_before_the_worker_died():
    users = [person() for _each in range(3)]
    for user in users:
        people.request_erasure(user, SYSTEM)

    killed_again_and_again(tasks.erase_due, lambda: [whole_or_gone(user) for user in users], stride=4)

    assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()
    assert ErasureRequest.objects.filter(done_at=None).count() == 0
    assert audit.AuditRecord.objects.filter(action="user.erased").count() == 3


def test_a_customer_that_closes_is_shut_first_and_goes_in_whole_persons():
    owner = member()
    customer = owner.memberships.get().customer
    users = [person(customer) for _each in range(2)]
    closing.close_customer(customer, SYSTEM)
    Customer.objects.filter(pk=customer.pk).update(closing_at=timezone.now() - timedelta(seconds=1))

    def check():
        there = [user for user in users if User.objects.filter(pk=user.pk).exists()]
        row = Customer.objects.get(pk=customer.pk)
        assert row.closed_at or len(there) == 2
        assert row.closing_at or not there
        for user in there:
            assert PersonKey.objects.filter(pk=user.pk).exists()

    times = killed_again_and_again(tasks.erase_customers, check, stride=7)

    assert times > 5
    assert Customer.objects.get(pk=customer.pk).name == str(customer.number)
    assert Message.objects.filter(kind="accounts.closed").count() == 1
    for action, times in {"customer.closed": 1, "customer.erased": 1, "user.erased": 2}.items():
        assert audit.AuditRecord.objects.filter(action=action).count() == times, action
