"""A compiled query gives what its queryset gives, to every thread, and refuses what it would get wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts.models import ApiKey, Site, User
from accounts.prepared import Unpreparable, prepared
from accounts.verbs import live_keys
from tests.factories import ApiKeyFactory, CustomerFactory, SiteFactory, UserFactory


@prepared
def keys_of(*, number: int, made_before: datetime) -> QuerySet[ApiKey]:
    keys = ApiKey.objects.filter(customer__number=number, created_at__lt=made_before)
    return keys.select_related("site__customer").annotate(named=F("site__name")).order_by("pk")


@prepared
def named(*, name: str, customer_id: UUID, newest_first: bool) -> QuerySet[User]:
    users = User.objects.filter(customer=customer_id, first_name=name).only("username", "phone")
    return users.order_by("-pk" if newest_first else "pk")


@prepared
def locked(*, id: UUID) -> QuerySet[Site]:
    return Site.objects.filter(pk=id).select_for_update()


@pytest.mark.django_db
def test_rows_are_those_of_the_queryset_with_all_that_belongs_to_them(django_assert_num_queries):
    key = ApiKeyFactory()
    another = ApiKeyFactory(site__customer=key.customer)
    ApiKeyFactory()

    with django_assert_num_queries(1):
        found = keys_of(number=key.customer.number, made_before=timezone.now())

        assert [(one.pk, one.secret, one.created_at) for one in found] == [
            (one.pk, one.secret, one.created_at) for one in (key, another)
        ]
        assert [one.site.customer.name for one in found] == [key.customer.name] * 2
        assert [one.site.customer.sms_countries for one in found] == [[], []]
        assert [one.named for one in found] == [key.site.name, another.site.name]
    assert not found[0]._state.adding


@pytest.mark.django_db
def test_other_values_find_other_rows():
    one, two = ApiKeyFactory(), ApiKeyFactory()

    assert keys_of(number=one.customer.number, made_before=timezone.now()) == [one]
    assert keys_of(number=two.customer.number, made_before=timezone.now()) == [two]
    assert keys_of(number=two.customer.number, made_before=two.created_at) == []


@pytest.mark.django_db
def test_what_is_no_value_is_part_of_the_query():
    first = UserFactory()
    second = UserFactory(customer=first.customer)
    mine = {"name": first.first_name, "customer_id": first.customer_id}

    assert named(**mine, newest_first=False) == [first, second]
    assert named(**mine, newest_first=True) == [second, first]


@pytest.mark.django_db
def test_a_column_left_out_is_read_when_it_is_asked_for(django_assert_num_queries):
    user = UserFactory(phone="+4740000001")

    (found,) = named(name=user.first_name, customer_id=user.customer_id, newest_first=False)

    assert found.get_deferred_fields() >= {"email", "last_name"}
    with django_assert_num_queries(1):
        assert (found.phone, found.email) == ("+4740000001", user.email)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_threads_that_compile_at_once_each_get_their_own_rows():
    made = [ApiKeyFactory() for _ in range(8)]

    @prepared
    def fresh(*, number: int) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(customer__number=number).select_related("customer")

    barrier = Barrier(len(made))

    def ask(key: ApiKey) -> bool:
        try:
            barrier.wait()
            return all(fresh(number=key.customer.number) == [key] for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(made)) as pool:
        assert all(pool.map(ask, made))


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only():
    with pytest.raises(TransactionManagementError):
        locked(id=SiteFactory().pk)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [None, "20000001", 2.0])
def test_a_value_of_another_type_is_refused(number):
    with pytest.raises(TypeError, match="number"):
        keys_of(number=number, made_before=timezone.now())


def by_clock(*, number: int) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(customer__number=number, created_at__lt=timezone.now())


def shortened(*, name: str) -> QuerySet[User]:
    return User.objects.filter(username=name[:3] + name[-1:])


def ignored(*, name: str, id: UUID) -> QuerySet[User]:
    return User.objects.filter(username=name)


def branching(*, id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=id) if id.int % 2 else User.objects.exclude(pk=id)


def tuples(*, id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=id).values_list("username")  # type: ignore[return-value]  # what is refused


def prefetching(*, id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=id).prefetch_related("memberships")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "build", [by_clock, shortened, ignored, branching, tuples, prefetching], ids=lambda build: build.__name__
)
def test_a_query_that_cannot_be_run_with_other_values_is_refused(build):
    values = {"number": 1, "name": "a", "id": UUID(int=7)}

    with pytest.raises(Unpreparable, match=build.__name__):
        prepared(build)(**{name: values[name] for name in build.__annotations__ if name in values})


def test_values_come_by_name():
    def by_position(number: int) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(customer__number=number)

    with pytest.raises(Unpreparable, match="by_position"):
        prepared(by_position)


@pytest.mark.django_db
def test_a_customers_live_keys_are_found_whatever_their_number():
    customer = CustomerFactory()
    keys = [ApiKeyFactory(site__customer=customer) for _ in range(3)]

    assert {key.pk for key in live_keys(str(customer.number))} == {key.pk for key in keys}
    assert live_keys("9" * 18) == []
