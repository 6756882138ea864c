"""At the date of its closing a customer is in no table any more, but in the trail of what was done."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit, datamap, retention
from accounts.audit import SYSTEM
from accounts.models import AuditRecord, Customer, ErasureRequest, Membership, Message, Role, Session, User
from accounts.verbs import closing
from accounts.verbs.customers import operator, register_customer
from privacy.models import PrivacyRequest, Tombstone
from privacy.verbs import erasing as privacy
from tests.factories import MembershipFactory, StaffFactory, UserFactory, member
from tests.privacy.test_erase import dump
from tests.routes.world import World

DAY = timedelta(days=1)


def due(customer):
    """As if its days of grace had gone by."""
    closing.close_customer(customer, SYSTEM)
    Customer.objects.filter(pk=customer.pk).update(closing_at=timezone.now() - timedelta(seconds=1))


def tables():
    """What holds rows of customers, by whatever name of the column."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.related_model is Customer:
                yield model, field.name


@pytest.mark.product("customer-18")
@pytest.mark.promise("S29")
@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_closed_customer_is_left_but_its_trail_without_names():
    world = World.build()
    customer = world.customer
    owner = member(customer=customer)
    due(customer)
    assert privacy.erase_customers() == 1
    assert privacy.erase_due() == 2  # the members who belong nowhere else

    kept = {model for model, field in tables() if model._default_manager.filter(**{field: customer.pk}).exists()}
    assert kept == {AuditRecord, ErasureRequest, PrivacyRequest, Tombstone}
    assert all(datamap.outlives(model) for model in kept)
    row = Customer.objects.get(pk=customer.pk)
    assert (row.name, row.website, row.token_key, row.closing_at) == (str(row.number), "", "", None)
    Message.objects.all().delete()  # the last one, to the owners, is the operator's, who keeps it as long as any other
    left = dump()
    for trace in ("Nordvik", "nora@", "91234567", owner.email, world.colleague.user.email, world.key.ending + "'"):
        assert trace not in left, trace


@pytest.mark.django_db
def test_before_the_date_nothing_goes_and_at_it_all_doors_shut_and_owners_are_told():
    owner = member()
    customer = owner.memberships.get().customer
    user = UserFactory(customer=customer)
    closing.close_customer(customer, SYSTEM)
    assert privacy.erase_customers() == 0
    assert User.objects.filter(pk=user.pk).exists()

    due(customer)
    privacy.erase_customers()

    last = Message.objects.get(kind="accounts.closed")
    assert (last.to, last.customer, last.user) == (owner.email, operator(), None)
    actions = AuditRecord.objects.filter(customer=customer).values_list("action", flat=True)
    assert {"customer.closed", "customer.erased", "user.erased"} <= set(actions)


@pytest.mark.django_db
def test_members_of_other_teams_and_staff_keep_their_sign_in_and_the_others_may_register_again():
    customer = MembershipFactory(user=StaffFactory()).customer
    elsewhere, alone = member(Role.ADMIN, customer), member(Role.ADMIN, customer)
    MembershipFactory(user=elsewhere)
    due(customer)

    privacy.erase_customers()
    privacy.erase_due()

    assert Membership.objects.filter(user=elsewhere).count() == 1
    assert list(User.objects.filter(customer=operator(), is_staff=True)) != []
    assert not User.objects.filter(pk=alone.pk).exists()
    register_customer(company="New", email=alone.email, password="correct horse battery", by=audit.SYSTEM)


@pytest.mark.django_db
def test_an_account_that_was_kept_is_not_erased():
    customer = member().memberships.get().customer
    due(customer)
    closing.keep_customer(customer, SYSTEM)

    assert privacy.erase_customers() == 0
    assert Customer.objects.get(pk=customer.pk).name == customer.name


@pytest.mark.django_db
def test_a_closed_account_cannot_be_kept_any_more():
    customer = member().memberships.get().customer
    due(customer)
    assert closing.end_customer(customer.pk)

    assert not closing.keep_customer(customer, SYSTEM)
    assert not closing.end_customer(customer.pk)


@pytest.mark.promise("R1")
@pytest.mark.django_db
def test_many_people_take_several_runs_each_of_which_goes_on_where_the_last_one_ended(monkeypatch):
    monkeypatch.setattr(privacy, "PEOPLE", 2)
    customer = member().memberships.get().customer
    UserFactory.create_batch(5, customer=customer)
    due(customer)

    assert [privacy.erase_customers() for _run in range(4)] == [0, 0, 1, 0]
    assert not User.objects.filter(customer=customer).exists()


@pytest.mark.django_db
def test_one_that_fails_stays_due_and_keeps_no_other_waiting(monkeypatch):
    broken, fine = (member().memberships.get().customer for _each in range(2))
    for customer in (broken, fine):
        due(customer)
    blank = privacy._blank
    monkeypatch.setattr(privacy, "_blank", lambda pk: blank(pk) if pk == fine.pk else fail())

    assert privacy.erase_customers() == 1
    monkeypatch.undo()
    assert privacy.erase_customers() == 1


def fail():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@pytest.mark.django_db
def test_the_empty_row_goes_with_the_last_record_of_its_trail():
    customer = member().memberships.get().customer
    due(customer)
    privacy.erase_customers()

    retention.forget(timezone.now() + retention.AUDIT)
    assert Customer.objects.filter(pk=customer.pk).exists()
    retention.forget(timezone.now() + retention.AUDIT + retention.CLOSED + DAY)
    assert not Customer.objects.filter(pk=customer.pk).exists()


@pytest.mark.django_db
def test_who_works_for_a_closing_customer_is_signed_out_of_it():
    customer = member().memberships.get().customer
    Session.objects.create(session_key="x", session_data="", customer=customer, expire_date=timezone.now() + DAY)
    due(customer)
    privacy.erase_customers()

    assert not Session.objects.exists()
