"""Deliveries: written with what happened, signed, repeated for a day under one id, logged."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from standardwebhooks import Webhook

from accounts import audit, disclosing, verbs
from accounts.audit import SYSTEM
from accounts.models import AuditRecord, Customer, Disclosure, Message, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import delivery, emitting, events
from accounts.webhooks import verbs as webhooks
from tests.factories import CustomerFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def endpoint(customer, their):
    return webhooks.add(customer, "shop", their.url, [], SYSTEM)


def due():
    WebhookDelivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    WebhookEndpoint.objects.update(rests_until=None)


@pytest.mark.product("hook-1")
def test_what_happened_arrives_signed_and_a_library_can_tell(customer, endpoint, their):
    user = verbs.create_user(customer, "nora@nordvik.example", SYSTEM, email="nora@nordvik.example")

    assert delivery.take_turn() == "arrived"

    headers, text = their.got[0]
    said = Webhook(endpoint.secret).verify(text, headers)
    assert said["type"] == "user.created"
    assert said["data"]["user"] == {"id": user.public_id, "username": "nora@nordvik.example"}
    assert (
        headers["webhook-id"] == said["data"]["id"] == events.event_id(AuditRecord.objects.get(action="user.created"))
    )
    row = WebhookDelivery.objects.get()
    assert (row.state, row.status, row.reply, row.tries) == ("arrived", 200, "thank you", 1)
    assert delivery.take_turn() is None


def test_the_ledger_of_recipients_says_once_who_was_told_of_whom(customer, endpoint, their):
    their.status = 500
    user = verbs.create_user(customer, "nora@nordvik.example", SYSTEM)
    for _try in range(2):
        due()
        delivery.take_turn()

    written = Disclosure.objects.get()

    assert (written.customer, written.user, written.name) == (customer, user, "shop")
    assert (written.recipient, written.reference) == (disclosing.SITE, "user.created")
    assert "accounts.User.username" in written.fields
    assert written.basis == disclosing.Basis.INSTRUCTION


def test_a_test_that_names_nobody_is_not_in_the_ledger(customer, endpoint, their):
    webhooks.test(endpoint, SYSTEM)

    assert delivery.take_turn() == "arrived"
    assert not Disclosure.objects.exists()


def test_what_is_taken_back_is_not_told(customer, endpoint):
    with pytest.raises(RuntimeError), transaction.atomic():
        verbs.create_user(customer, "nora", SYSTEM)
        raise RuntimeError

    assert not WebhookDelivery.objects.exists()


@pytest.mark.product("hook-4")
def test_an_endpoint_gets_what_it_asked_for_and_nothing_of_another_customers(customer, their):
    endpoint = webhooks.add(customer, "shop", their.url, ["user.disabled"], SYSTEM)
    webhooks.add(CustomerFactory(), "stranger", their.url, [], SYSTEM)
    user = verbs.create_user(customer, "nora", SYSTEM)
    verbs.set_enabled(user, False, SYSTEM)

    assert [(one.endpoint, one.event) for one in WebhookDelivery.objects.all()] == [(endpoint, "user.disabled")]


@pytest.mark.parametrize("status", [400, 404, 500, 503, 302])
@pytest.mark.product("hook-2")
def test_what_does_not_arrive_is_tried_again_with_growing_waits_for_a_day(customer, endpoint, their, status):
    their.status = status
    verbs.create_user(customer, "nora", SYSTEM)
    waits = []
    for _try in range(6):
        due()
        assert delivery.take_turn() == "waiting"
        row = WebhookDelivery.objects.get()
        waits.append((row.next_try_at - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert len({headers["webhook-id"] for headers, _text in their.got}) == 1
    assert WebhookEndpoint.objects.get().failing_since is not None

    WebhookDelivery.objects.update(give_up_at=timezone.now() + timedelta(seconds=1))
    due()
    assert delivery.take_turn() == "failed"
    their.status = 200
    verbs.create_user(customer, "tuva", SYSTEM)
    WebhookEndpoint.objects.update(rests_until=None)
    assert delivery.take_turn() == "arrived"
    assert WebhookEndpoint.objects.get().failing_since is None


def test_waits_differ_so_that_a_herd_spreads():
    assert len({delivery._back_off(3) for _ in range(20)}) > 10


def test_retry_after_is_obeyed_up_to_six_hours(customer, endpoint, their):
    their.status, their.headers = 503, {"Retry-After": "7200"}
    verbs.create_user(customer, "nora", SYSTEM)
    delivery.take_turn()

    wait = WebhookDelivery.objects.get().next_try_at - timezone.now()
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)
    assert [delivery._seconds(text) for text in ("999999", "-5", "soon", "")] == [21600, 0, 0, 0]


def test_one_that_fails_rests_and_keeps_nobody_else_waiting(customer, endpoint, their):
    their.status = 500
    for name in ("a", "b"):
        verbs.create_user(customer, name, SYSTEM)
    delivery.take_turn()
    other = CustomerFactory()
    webhooks.add(other, "other", their.url, [], SYSTEM)
    verbs.create_user(other, "c", SYSTEM)
    their.status = 200

    assert delivery.take_turn() == "arrived"
    assert delivery.take_turn() is None  # the first one's second event waits for its rest to end


def test_an_endpoint_that_is_gone_is_stopped_and_the_owners_are_told(customer, endpoint, their):
    owner = MembershipFactory(customer=customer).user
    their.status = 410
    verbs.create_user(customer, "nora", SYSTEM)
    delivery.take_turn()

    endpoint.refresh_from_db()
    assert endpoint.stopped_why == "gone"
    assert Message.objects.get(kind="accounts.webhook_stopped").user == owner
    assert not Customer.objects.get(pk=customer.pk).has_webhooks


def test_after_three_days_of_failure_it_is_stopped_once(customer, endpoint, their):
    MembershipFactory(customer=customer)
    their.status = 500
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=3, seconds=1))
    verbs.create_user(customer, "nora", SYSTEM)
    delivery.take_turn()
    delivery._stop(endpoint, "failing")

    assert WebhookEndpoint.objects.get().stopped_why == "failing"
    assert Message.objects.filter(kind="accounts.webhook_stopped").count() == 1
    due()
    assert delivery.take_turn() is None


def test_after_a_rotation_both_secrets_sign_for_a_day(customer, endpoint, their):
    old = endpoint.secret
    new = webhooks.rotate(endpoint, SYSTEM)
    verbs.create_user(customer, "nora", SYSTEM)
    delivery.take_turn()

    headers, text = their.got[0]
    for secret in (old, new):
        assert Webhook(secret).verify(text, headers)
    WebhookEndpoint.objects.update(earlier_until=timezone.now())
    one = WebhookDelivery.objects.select_related("endpoint", "record").get()
    assert delivery.signed(one)[1]["webhook-signature"].count("v1,") == 1


def test_secrets_are_unreadable_in_the_database(endpoint):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_webhookendpoint")
        assert endpoint.secret[6:] not in cursor.fetchone()[0]


def test_who_was_erased_meanwhile_is_named_no_more(customer, endpoint, their):
    user = verbs.create_user(customer, "nora@nordvik.example", SYSTEM)
    verbs.request_erasure(user, SYSTEM)
    for _ in range(2):
        due()
        delivery.take_turn()

    for _headers, text in their.got:
        assert "nora" not in text
        assert json.loads(text)["data"]["user"] == {"id": user.public_id, "username": None}


@pytest.mark.product("hook-2")
def test_a_replay_has_the_same_id_and_goes_to_one_that_rests(customer, endpoint, their):
    their.status = 500
    verbs.create_user(customer, "nora", SYSTEM)
    delivery.take_turn()
    their.status = 200
    webhooks.replay(WebhookDelivery.objects.get(), SYSTEM)

    assert delivery.take_turn() == "arrived"
    assert their.got[0][0]["webhook-id"] == their.got[1][0]["webhook-id"]


def test_a_test_event_tells_nothing(customer, endpoint, their):
    webhooks.test(endpoint, SYSTEM)
    delivery.take_turn()

    headers, text = their.got[0]
    said = Webhook(endpoint.secret).verify(text, headers)
    assert (said["type"], said["data"]["user"]) == ("test", None)


def test_what_a_dead_worker_held_is_taken_back_and_what_is_old_ends(customer, endpoint):
    for name in ("a", "b"):
        verbs.create_user(customer, name, SYSTEM)
    held, old = WebhookDelivery.objects.order_by("id")
    long_ago = timezone.now() - timedelta(minutes=2)
    WebhookDelivery.objects.filter(pk=held.pk).update(state="sending", claimed_at=long_ago)
    WebhookDelivery.objects.filter(pk=old.pk).update(give_up_at=long_ago)

    assert delivery.sweep()["taken_back"] == 1
    assert list(WebhookDelivery.objects.order_by("id").values_list("state", flat=True)) == ["waiting", "failed"]


def test_telling_costs_a_customer_without_endpoints_no_query(customer, django_assert_num_queries):
    user = UserFactory(customer=customer)
    record = audit.entry("user.created", SYSTEM, customer, user)
    record.save(force_insert=True)
    with django_assert_num_queries(0):
        emitting.announce(record)


@pytest.mark.product("hook-3")
def test_a_name_that_leads_inside_is_never_called_and_the_log_says_so(customer, endpoint, their, settings):
    settings.OUTBOUND_NETWORKS = []
    verbs.create_user(customer, "nora", SYSTEM)

    assert delivery.take_turn() == "waiting"
    assert their.got == []
    assert WebhookDelivery.objects.get().reply == "not a public address"
