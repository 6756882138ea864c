"""What the sweep sets right: lateness, dead workers, lost turns; and what it leaves alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tasks, valkey
from accounts.messages import delivery, sweeping, turns, verbs
from accounts.models import Message
from config.celery import app
from tests.accounts.gateways.servers import free_port
from tests.accounts.messages.provider import ACCEPTED
from tests.factories import CustomerFactory, MessageFactory

State = Message.State
LONG = timedelta(minutes=10)


def ago(**given):
    return timezone.now() - timedelta(**given)


def turns_waiting():
    return valkey.client().llen("otp"), valkey.client().llen("default")


MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
CASES = {
    # how long ago the row was claimed and became useless, its state, and what becomes of it
    "late": (None, SECOND, State.QUEUED, State.EXPIRED, "too_late"),
    "late and abandoned": (MINUTE, SECOND, State.CLAIMED, State.EXPIRED, "too_late"),
    "late and held": (SECOND, SECOND, State.CLAIMED, State.CLAIMED, ""),
    "abandoned": (MINUTE, -MINUTE, State.CLAIMED, State.QUEUED, ""),
    "held": (SECOND, -MINUTE, State.CLAIMED, State.CLAIMED, ""),
    "sending": (20 * SECOND, -MINUTE, State.SENDING, State.SENDING, ""),
    "sending, late": (20 * SECOND, SECOND, State.SENDING, State.SENDING, ""),
    "sending, abandoned": (2 * MINUTE, -MINUTE, State.SENDING, State.UNKNOWN, "lost_worker"),
    "sending, abandoned and late": (2 * MINUTE, SECOND, State.SENDING, State.UNKNOWN, "lost_worker"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("claimed", "useless", "before", "after", "reason"), CASES.values(), ids=CASES)
def test_each_row_is_set_right_or_left_alone(claimed, useless, before, after, reason):
    now = timezone.now()
    claimed_at = None if claimed is None else now - claimed
    message = MessageFactory(kind="tests.words", state=before, claimed_at=claimed_at, not_after=now - useless)
    sweeping.sweep()

    message.refresh_from_db()
    assert (message.state, message.reason) == (after, reason)
    assert (message.finished_at is not None) == (after in {State.EXPIRED, State.UNKNOWN})


@pytest.mark.promise("R2")
@pytest.mark.django_db
def test_what_became_unknown_is_never_sent_by_itself(provider):
    message = MessageFactory(kind="tests.words", state=State.SENDING, claimed_at=ago(minutes=2))
    sweeping.sweep()

    assert delivery.take_turn(codes=False) is None
    assert delivery.deliver(message.pk) is None
    assert provider.letters == []


@pytest.mark.django_db
def test_a_worker_that_was_only_slow_may_still_tell_how_it_went(provider):
    """It was the one that sent, so what it knows is better than the sweep's doubt."""
    message = MessageFactory(kind="tests.words")

    def slow(letter):
        claimed.claimed_at = ago(minutes=2)
        Message.objects.update(claimed_at=claimed.claimed_at)
        sweeping.sweep()
        assert Message.objects.get().state == State.UNKNOWN
        return ACCEPTED

    provider.answers.append(slow)
    claimed = turns.claim(message.pk)
    assert delivery._send(claimed) == State.SENT
    assert Message.objects.get().state == State.SENT


@pytest.mark.promise("S29")
@pytest.mark.django_db
def test_texts_that_nobody_can_send_any_more_are_dropped():
    late = {"not_after": ago(minutes=1), "finished_at": ago(minutes=2), "kind": "tests.body", "body": "our answer"}
    MessageFactory(state=State.UNKNOWN, **late)
    MessageFactory(state=State.DEAD, **late)
    kept = MessageFactory(state=State.UNKNOWN, **{**late, "not_after": timezone.now() + LONG})
    sweeping.sweep()

    assert [message.pk for message in Message.objects.exclude(body=None)] == [kept.pk]


@pytest.mark.promise("R3")
@pytest.mark.django_db
def test_every_message_whose_turn_was_lost_gets_another():
    MessageFactory.create_batch(
        3, kind="tests.code", is_code=True, next_try_at=ago(seconds=10), customer=CustomerFactory()
    )
    MessageFactory.create_batch(2, kind="tests.words", next_try_at=ago(seconds=10), customer=CustomerFactory())
    MessageFactory(kind="tests.code", is_code=True)  # its own turn is still on its way
    MessageFactory(kind="tests.code", is_code=True, next_try_at=timezone.now() + LONG)
    sweeping.sweep()

    assert turns_waiting() == (3, 2)


@pytest.mark.django_db
def test_a_sweep_is_bounded(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    monkeypatch.setattr(sweeping, "TURNS", 2)
    customer = CustomerFactory()
    MessageFactory.create_batch(3, kind="tests.words", not_after=ago(seconds=1), customer=customer)
    MessageFactory.create_batch(3, kind="tests.words", next_try_at=ago(seconds=9), customer=customer)

    assert [sweeping.sweep()["late"] for _ in range(3)] == [2, 1, 0]
    assert turns_waiting() == (0, 6)


@pytest.mark.promise("R3")
@pytest.mark.django_db
def test_an_emptied_broker_costs_no_message(provider):
    """Emptied with messages queued: the rows are all that is needed."""
    customer = CustomerFactory()
    MessageFactory.create_batch(20, kind="tests.code", is_code=True, next_try_at=ago(seconds=5), customer=customer)
    verbs.hand_out(20, codes=True)
    valkey.client().flushdb()

    tasks.sweep_outbox()
    assert turns_waiting()[0] == 20
    for _ in range(20):
        tasks.send_code()
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    assert len(provider.letters) == 20


@pytest.fixture
def no_broker():
    """A broker that nobody answers for; the real one afterwards."""

    def use(url):
        app.conf.broker_write_url = url
        app.amqp._producer_pool = None
        verbs._broker["rests_until"] = 0.0

    before = app.conf.broker_write_url
    use(f"redis://127.0.0.1:{free_port()}/0")
    yield
    use(before)


@pytest.mark.promise("R3")
@pytest.mark.django_db
def test_a_broker_that_is_down_lets_the_message_wait(no_broker, provider, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = verbs.queue("tests.words", customer=CustomerFactory(), channel="email", to="nora@site.example")

    assert Message.objects.get().state == State.QUEUED
    assert delivery.deliver(message.pk) == State.SENT


@pytest.mark.django_db
def test_a_broker_that_is_down_is_asked_once_and_then_left_alone(no_broker, monkeypatch):
    asked = []
    real = tasks.send_code.apply_async
    monkeypatch.setattr(tasks.send_code, "apply_async", lambda: asked.append(1) or real())

    assert [verbs.hand_out(5, codes=True) for _ in range(5)] == [0] * 5
    assert len(asked) == 1
