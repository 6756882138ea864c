"""What staff change goes into the audit trail with before and after, sealed where it is personal, and nowhere else."""

import json
import time
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts import audit
from accounts.admin import changes
from accounts.http import Source
from accounts.models import AuditRecord, Session, User
from accounts.verbs.customers import operator
from tests.accounts.admin.conftest import BY, page_of
from tests.factories import CustomerFactory, OperatorUserFactory, UserFactory

pytestmark = pytest.mark.django_db
STALE = 11 * 60  # seconds after which staff prove themselves again


def the_record(action: str) -> AuditRecord:
    return AuditRecord.objects.get(action=action)


@pytest.mark.product("customer-21")
def test_limits_are_set_and_the_trail_says_what_they_were(desk, staff):
    customer = CustomerFactory(email_day_limit=100)

    response = desk.post(page_of(customer), {"email_day_limit": "250", "sms_day_limit": ""}, follow=True)

    assert response.status_code == 200
    customer.refresh_from_db()
    assert (customer.email_day_limit, customer.sms_day_limit) == (250, None)
    record = the_record("customer.edited")
    assert record.facts == {"email_day_limit": [100, 250]}
    assert (record.customer, record.actor_kind, record.actor_id) == (customer, "staff", staff.pk)
    assert audit.unseal(staff.pk, record.address_sealed) == "127.0.0.1"


def test_a_customer_is_suspended_by_two_alone_and_taken_back_by_one(desk):
    customer = CustomerFactory()
    assert "Suspending takes two" in desk.post(page_of(customer), {"suspended_at": "on"}).content.decode()
    customer.suspended_at = since = timezone.now()
    customer.save()
    desk.post(page_of(customer), {"suspended_at": "on", "sms_day_limit": "5"})
    customer.refresh_from_db()
    assert customer.suspended_at == since
    desk.post(page_of(customer), {"sms_day_limit": "5"})

    customer.refresh_from_db()
    assert customer.suspended_at is None
    facts = [record.facts for record in AuditRecord.objects.filter(action="customer.edited").order_by("id")]
    assert facts == [{"sms_day_limit": [None, 5]}, {"suspended_at": [since.isoformat(), None]}]


def test_the_operator_cannot_be_suspended(desk):
    desk.post(page_of(operator()), {"suspended_at": "on"})

    assert operator().suspended_at is None


def test_saving_without_a_change_leaves_no_record(desk):
    desk.post(page_of(CustomerFactory()), {"email_day_limit": "", "sms_day_limit": ""})

    assert not AuditRecord.objects.exists()


@pytest.mark.parametrize("wrong", ["-1", "many", "1e9", "99999999999"])
def test_a_limit_that_is_no_number_is_refused(desk, wrong):
    customer = CustomerFactory(email_day_limit=100)

    assert desk.post(page_of(customer), {"email_day_limit": wrong}).status_code == 200
    customer.refresh_from_db()
    assert customer.email_day_limit == 100


def test_nothing_but_what_is_offered_is_written(desk):
    customer = CustomerFactory(name="Nordvik")

    desk.post(page_of(customer), {"name": "Taken", "number": "1", "is_operator": "on", "token_key": "known"})

    customer.refresh_from_db()
    assert (customer.name, customer.is_operator) == ("Nordvik", False)
    assert customer.token_key != "known"


def test_somebody_becomes_staff_and_their_sessions_end(desk, client):
    person = OperatorUserFactory()
    Session.objects.create(session_key="a" * 40, user=person, expire_date=person.created_at, session_data="")

    desk.post(page_of(person), {"is_staff": "on"})

    person.refresh_from_db()
    assert person.is_staff
    assert the_record("user.edited").facts == {"is_staff": [False, True]}
    assert the_record("user.edited").person == person.pk
    assert not Session.objects.filter(user=person).exists()


def test_nobody_takes_the_staff_flag_from_themselves(desk, staff):
    desk.post(page_of(staff), {})

    staff.refresh_from_db()
    assert staff.is_staff


def test_an_end_user_never_becomes_staff(desk):
    person = UserFactory()

    response = desk.post(page_of(person), {"is_staff": "on"})

    person.refresh_from_db()
    assert not person.is_staff
    assert "Only somebody who signs in to the dashboard here" in response.content.decode()


def test_who_makes_staff_has_proven_themselves_just_now(desk):
    person = OperatorUserFactory()
    session = desk.session
    session["proved_at"] = time.time() - STALE
    session.save()

    response = desk.post(page_of(person), {"is_staff": "on"})

    person.refresh_from_db()
    assert not person.is_staff
    assert response["Location"] == f"/confirm/?{urlencode({'next': page_of(person)})}"


def test_personal_values_are_sealed_and_others_are_open():
    user = UserFactory()

    changes.record("edited", BY, user, {"email": ["old@site.example", "new@site.example"], "is_staff": [False, True]})

    record = the_record("user.edited")
    assert record.facts == {"is_staff": [False, True], "fields": ["email"]}
    assert "site.example" not in record.sealed
    assert json.loads(audit.unseal(user.pk, record.sealed)) == {"email": ["old@site.example", "new@site.example"]}


def test_what_the_data_map_does_not_know_is_sealed():
    user = UserFactory()

    changes.record("edited", BY, user, {"nickname": [None, "Nori"]})

    assert the_record("user.edited").facts == {"fields": ["nickname"]}


def test_adding_and_deleting_would_be_recorded_too(rf, staff):
    page, user = admin.site._registry[User], UserFactory()
    request = rf.post("/")
    request.user, request.source = staff, Source("203.0.113.9")

    page.log_addition(request, user, {})
    page.log_deletions(request, User.objects.filter(pk=user.pk))

    assert [record.person for record in AuditRecord.objects.filter(action__in=["user.added", "user.deleted"])] == [
        user.pk,
        user.pk,
    ]
    assert not LogEntry.objects.exists()


def test_django_s_own_log_stays_empty_and_its_history_is_our_trail(desk, world):
    desk.post(page_of(world.customer), {"email_day_limit": "250"})

    assert not LogEntry.objects.exists()
    for row, words in (
        (world.customer, "customer.edited"),
        (world.user, "user.updated"),
        (world.ticket, "ticket.opened"),
    ):
        response = desk.get(page_of(row, "history"), follow=True)
        assert words in response.content.decode()
