"""Sending again is a person's act: when it may be, what it does, and that it is remembered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts.http import NOWHERE
from accounts.messages import delivery, verbs
from accounts.messages.verbs import NotAgain
from accounts.models import AuditRecord, Message
from tests.accounts.messages.provider import ACCEPTED
from tests.accounts.messages.test_delivery import LATER, REFUSED, UNKNOWN
from tests.factories import MessageFactory, StaffFactory

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def someone():
    return audit.staff(StaffFactory(), NOWHERE)


@pytest.mark.promise("R2")
@pytest.mark.parametrize("first", [UNKNOWN, REFUSED, ACCEPTED], ids=["unknown", "refused", "sent"])
def test_what_has_ended_can_be_sent_again_under_the_same_id(provider, someone, first):
    message = MessageFactory(kind="tests.words")
    provider.answers.append(first)
    delivery.deliver(message.pk)
    was = Message.objects.get().state
    verbs.send_again(message, someone)

    assert delivery.deliver(message.pk) == State.SENT
    assert provider.letters[0] == provider.letters[1]
    record = AuditRecord.objects.get(action="message.sent_again")
    assert (record.actor_id, record.object_id, record.facts["was"]) == (someone.id, message.public_id, was)


def test_a_message_given_up_gets_five_new_tries(provider, someone):
    message = MessageFactory(kind="tests.code", state=State.DEAD, tries=5, finished_at=timezone.now())
    verbs.send_again(message, someone)
    provider.answers.append(LATER)

    assert delivery.deliver(message.pk) == State.QUEUED
    assert Message.objects.get().tries == 1


def test_a_text_that_was_kept_for_it_is_sent_again(provider, someone):
    message = MessageFactory(kind="tests.body", body="our answer")
    provider.answers.append(UNKNOWN)
    delivery.deliver(message.pk)
    verbs.send_again(message, someone)

    assert delivery.deliver(message.pk) == State.SENT
    assert provider.letters[1].text == "Text our answer"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"state": State.QUEUED}, "on its way"),
        ({"state": State.SENDING, "claimed_at": timezone.now()}, "on its way"),
        ({"state": State.EXPIRED, "finished_at": timezone.now()}, "too late"),
        ({"state": State.UNKNOWN, "finished_at": timezone.now(), "not_after": timezone.now()}, "too late"),
        ({"state": State.SENT, "finished_at": timezone.now(), "kind": "tests.body"}, "erased"),
    ],
    ids=["queued", "sending", "expired", "past its time", "text dropped"],
)
def test_it_is_refused_with_the_reason(someone, row, why):
    message = MessageFactory(**{"kind": "tests.words", **row})

    with pytest.raises(NotAgain, match=why):
        verbs.send_again(message, someone)
    message.refresh_from_db()
    assert message.state == row["state"]
    assert not AuditRecord.objects.filter(action="message.sent_again").exists()


def test_a_worker_that_slept_through_it_changes_nothing(provider, someone):
    message = MessageFactory(kind="tests.words")
    provider.answers.append(UNKNOWN)
    asleep = delivery.turns.claim(message.pk)
    Message.objects.update(state=State.UNKNOWN, finished_at=timezone.now(), claimed_at=asleep.claimed_at)
    verbs.send_again(message, someone)

    assert delivery._end(asleep, State.SENT, "") is None
    assert Message.objects.get().state == State.QUEUED


def test_a_person_s_second_try_waits_for_nothing(provider, someone):
    message = MessageFactory(
        kind="tests.words",
        state=State.DEAD,
        finished_at=timezone.now(),
        next_try_at=timezone.now() + timedelta(minutes=4),
    )
    verbs.send_again(message, someone)

    assert delivery.take_turn(codes=False) == State.SENT
