"""Whose message is next: fair between customers, newest first within one, and each message once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.ids import new_id
from accounts.messages import delivery, turns
from accounts.models import Message
from tests.factories import CustomerFactory, MessageFactory


def flood(customer, number, **given):
    """Many waiting messages of one customer, each a little newer than the one before."""
    start = timezone.now() - timedelta(minutes=2)
    rows = []
    for place in range(number):
        made = start + timedelta(milliseconds=place)
        row = MessageFactory.build(
            id=new_id(), customer=customer, kind="tests.code", is_code=True, created_at=made, next_try_at=made, **given
        )
        rows.append(row)
    Message.objects.bulk_create(rows)
    return rows


def take(number, codes=True):
    return [turns.claim_next(codes) for _ in range(number)]


@pytest.mark.promise("R12")
@pytest.mark.django_db
@pytest.mark.parametrize("later", [True, False], ids=["after the flood", "before the flood"])
def test_five_hundred_codes_of_one_customer_do_not_delay_another_s(later):
    flooding, other = CustomerFactory(), CustomerFactory()
    flood(flooding, 500)
    moment = timezone.now() - timedelta(minutes=0 if later else 4)
    MessageFactory(customer=other, kind="tests.code", is_code=True, next_try_at=moment)

    assert other.pk in [message.customer_id for message in take(2)]


@pytest.mark.django_db
def test_a_customer_waits_for_at_most_one_message_of_every_other():
    """Wherever the round stands: nine customers flood, the tenth has one code, and ten turns are enough."""
    customers = CustomerFactory.create_batch(10)
    for flooding in customers[:9]:
        flood(flooding, 30)
    for _round in range(5):
        MessageFactory(customer=customers[9], kind="tests.code", is_code=True)
        served = [message.customer_id for message in take(10)]

        assert len(set(served)) == 10


@pytest.mark.django_db
def test_a_process_that_starts_anew_is_fair_too():
    flooding, other = CustomerFactory(), CustomerFactory()
    flood(flooding, 50)
    MessageFactory(customer=other, kind="tests.code", is_code=True)
    served = take(1)
    turns._last_customer.clear()
    served += take(2)

    assert other.pk in [message.customer_id for message in served]


@pytest.mark.promise("R12")
@pytest.mark.django_db
def test_the_newest_of_a_customer_s_codes_goes_first():
    rows = flood(CustomerFactory(), 5)

    assert [message.pk for message in take(5)] == [row.pk for row in reversed(rows)]


@pytest.mark.django_db
def test_codes_and_other_messages_have_turns_of_their_own():
    customer = CustomerFactory()
    code = MessageFactory(customer=customer, kind="tests.code", is_code=True)
    other = MessageFactory(customer=customer, kind="tests.words")

    assert [message and message.pk for message in take(2, codes=True)] == [code.pk, None]
    assert [message and message.pk for message in take(2, codes=False)] == [other.pk, None]


@pytest.mark.django_db
def test_a_turn_reads_no_more_rows_in_a_flood_than_without_one():
    """The index is in the order of the turns, so that the one row that is next is found at once."""
    flood(CustomerFactory(), 500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_message")
        cursor.execute(
            "EXPLAIN SELECT id FROM accounts_message WHERE state = 'queued' AND is_code AND next_try_at <= now() "
            "AND customer_id > '00000000-0000-0000-0000-000000000000' "
            "ORDER BY customer_id, next_try_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        plan = "\n".join(row[0] for row in cursor)

    assert "Index Scan using message_turn" in plan
    assert "Sort" not in plan


def in_threads(number, work):
    """Run the same work in several threads at once, each with its own connection, and return what they return."""
    start, found = threading.Barrier(number), []

    def run():
        try:
            start.wait(10)
            found.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.promise("R10")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_five_workers_with_one_message_one_sends_it(provider):
    for _ in range(10):
        message = MessageFactory(kind="tests.words")
        found = in_threads(5, lambda pk=message.pk: delivery.deliver(pk))

        assert sorted(found, key=str) == [None] * 4 + [Message.State.SENT]
    assert len(provider.letters) == 10


@pytest.mark.promise("R10")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_forty_messages_and_send_each_once(provider):
    for customer in CustomerFactory.create_batch(4):
        flood(customer, 10)

    def work():
        done = 0
        while delivery.take_turn(codes=True) is not None:
            done += 1
        return done

    assert sum(in_threads(8, work)) == 40
    assert len({letter.id for letter in provider.letters}) == len(provider.letters) == 40
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SENT}
