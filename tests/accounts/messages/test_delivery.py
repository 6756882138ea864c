"""What becomes of one message: every outcome, every reason not to send, and what is left of its text."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.gateways.contract import Outcome, Result
from accounts.messages import delivery, turns
from accounts.messages.reasons import Reason
from accounts.models import Message
from tests.accounts.messages.provider import ACCEPTED
from tests.factories import CustomerFactory, MessageFactory

State = Message.State
REFUSED = Result(Outcome.REFUSED, Reason.REFUSED, "550")
LATER = Result(Outcome.TRY_LATER, Reason.TRY_LATER, "451")
UNKNOWN = Result(Outcome.UNKNOWN, Reason.NO_ANSWER)


def seconds_until(moment):
    return (moment - timezone.now()).total_seconds()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (ACCEPTED, State.SENT, ""),
        (REFUSED, State.REFUSED, "refused 550"),
        (UNKNOWN, State.UNKNOWN, "no_answer"),
        (LATER, State.QUEUED, "try_later 451"),
        (RuntimeError("+4790000123"), State.UNKNOWN, "no_answer RuntimeError"),
    ],
)
def test_the_provider_s_answer_decides_the_state(provider, answer, state, reason):
    message = MessageFactory(kind="tests.words")
    provider.answers.append(answer)

    assert delivery.deliver(message.pk) == state

    message.refresh_from_db()
    assert (message.state, message.reason, message.tries) == (state, reason, 1)
    assert (message.finished_at is None) == (state == State.QUEUED)
    assert len(provider.letters) == 1


@pytest.mark.promise("R10")
@pytest.mark.django_db
def test_delivering_twice_sends_once(provider):
    message = MessageFactory(kind="tests.words")

    assert [delivery.deliver(message.pk) for _ in range(5)] == [State.SENT, None, None, None, None]
    assert len(provider.letters) == 1


@pytest.mark.promise("R12")
@pytest.mark.django_db
def test_nothing_is_sent_that_is_too_late(provider):
    message = MessageFactory(kind="tests.body", body="secret", not_after=timezone.now() - timedelta(seconds=1))

    assert delivery.deliver(message.pk) == State.EXPIRED

    message.refresh_from_db()
    assert (message.state, message.reason, message.body) == (State.EXPIRED, "too_late", None)
    assert provider.letters == []


@pytest.mark.django_db
def test_what_is_withdrawn_while_it_waits_is_not_sent(provider):
    message = MessageFactory(kind="tests.withdrawn")

    assert delivery.deliver(message.pk) == State.EXPIRED
    assert provider.letters == []


@pytest.mark.promise("R11")
@pytest.mark.django_db
def test_a_message_put_off_waits_longer_each_time_and_dies_after_five_tries(provider):
    message = MessageFactory(kind="tests.code", is_code=True)
    waits = []
    for _ in range(5):
        provider.answers.append(LATER)
        delivery.deliver(message.pk)
        message.refresh_from_db()
        waits.append(seconds_until(message.next_try_at))
        Message.objects.update(next_try_at=timezone.now())

    assert message.state == State.DEAD
    assert len(provider.letters) == 5
    for wait, nominal in zip(waits, [3, 9, 27, 81], strict=False):
        assert nominal * 0.7 < wait < nominal * 1.3


@pytest.mark.django_db
def test_a_message_put_off_is_not_tried_before_its_time(provider):
    message = MessageFactory(kind="tests.words")
    provider.answers.append(LATER)
    delivery.deliver(message.pk)

    assert delivery.deliver(message.pk) is None
    assert delivery.take_turn(codes=False) is None
    assert len(provider.letters) == 1


@pytest.mark.django_db
def test_the_provider_s_own_wait_is_respected(provider):
    message = MessageFactory(kind="tests.code", is_code=True)
    provider.answers.append(Result(Outcome.TRY_LATER, Reason.TRY_LATER, "429", retry_after=120))
    delivery.deliver(message.pk)

    message.refresh_from_db()
    assert 115 < seconds_until(message.next_try_at) <= 120


@pytest.mark.django_db
def test_a_wait_that_would_end_too_late_ends_the_message(provider):
    message = MessageFactory(kind="tests.code", is_code=True)
    provider.answers.append(Result(Outcome.TRY_LATER, Reason.TRY_LATER, "429", retry_after=3600))

    assert delivery.deliver(message.pk) == State.EXPIRED


@pytest.mark.promise("R11")
@pytest.mark.django_db
def test_a_message_that_cannot_be_prepared_dies_alone(provider):
    customer = CustomerFactory()
    bad = MessageFactory(kind="tests.poison", customer=customer, not_after=timezone.now() + timedelta(days=1))
    good = MessageFactory(kind="tests.words", customer=customer, next_try_at=timezone.now() - timedelta(seconds=9))

    assert [delivery.take_turn(False), delivery.take_turn(False)] == [State.QUEUED, State.SENT]
    for _ in range(4):
        Message.objects.update(next_try_at=timezone.now())
        delivery.deliver(bad.pk)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.reason) == (State.DEAD, "not_prepared ZeroDivisionError")
    assert good.state == State.SENT


@pytest.mark.promise("R11")
@pytest.mark.django_db
def test_a_message_whose_worker_dies_again_and_again_is_given_up(provider):
    message = MessageFactory(kind="tests.words")
    for _ in range(delivery.TRIES):
        assert turns.claim(message.pk) is not None
        Message.objects.update(claimed_at=timezone.now() - turns.CLAIM_LASTS * 2)

    assert delivery.deliver(message.pk) == State.DEAD
    assert provider.letters == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "kept"), [(ACCEPTED, None), (REFUSED, None), (UNKNOWN, "our answer"), (LATER, "our answer")]
)
def test_a_text_is_dropped_when_nobody_can_send_it_any_more(provider, answer, kept):
    message = MessageFactory(kind="tests.body", body="our answer")
    provider.answers.append(answer)
    delivery.deliver(message.pk)

    assert Message.objects.get().body == kept
    assert provider.letters[0].text == "Text our answer"


@pytest.mark.promise("R1")
@pytest.mark.django_db(transaction=True)
def test_sending_is_committed_and_no_transaction_is_open_while_the_provider_is_talked_to(provider):
    message = MessageFactory(kind="tests.words")
    seen = []

    def look(letter):
        seen.append((connection.in_atomic_block, Message.objects.get().state))
        return ACCEPTED

    provider.answers.append(look)
    delivery.deliver(message.pk)

    assert seen == [(False, State.SENDING)]


@pytest.mark.promise("R10")
@pytest.mark.django_db
def test_a_worker_that_only_slept_cannot_send_what_another_has_taken(provider):
    message = MessageFactory(kind="tests.words")
    asleep = turns.claim(message.pk)
    Message.objects.update(claimed_at=timezone.now() - turns.CLAIM_LASTS * 2)
    delivery.deliver(message.pk)

    assert delivery._send(asleep) is None
    assert len(provider.letters) == 1


@pytest.mark.django_db
def test_the_message_id_stays_the_same_and_names_our_host(provider):
    message = MessageFactory(kind="tests.words")
    provider.answers.append(LATER)
    for _ in range(2):
        delivery.deliver(message.pk)
        Message.objects.update(next_try_at=timezone.now())

    assert {letter.id for letter in provider.letters} == {f"{message.pk.hex}@localhost"}
    assert len(provider.letters) == 2


@pytest.mark.django_db
def test_one_message_costs_six_queries_besides_what_its_renderer_reads(provider):
    MessageFactory(kind="tests.words", customer=CustomerFactory(id="ffffffff-ffff-7fff-bfff-ffffffffffff"))

    with CaptureQueriesContext(connection) as seen:
        delivery.take_turn(codes=False)

    verbs = [query["sql"].split(" ")[0] for query in seen]
    assert [verb for verb in verbs if verb not in {"SAVEPOINT", "RELEASE"}] == [
        "SELECT",
        "UPDATE",
        "UPDATE",
        "INSERT",
        "SELECT",  # whether whom it was for was erased while it was sent
        "UPDATE",
    ]
