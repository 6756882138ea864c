"""The list of messages, and sending one again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditRecord, Message, Role
from tests.accounts.console.cast import desk
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
LIST = reverse("console:messages")
State = Message.State


def ended(browser, state, **facts):
    given = {"to": "nora@nordvik.example", "to_masked": "n•••@nordvik.example", "finished_at": timezone.now(), **facts}
    return MessageFactory(customer=browser.customer, state=state, **given)


@pytest.mark.product("sending-3")
def test_addresses_are_masked_and_reasons_told_in_words():
    browser = desk()
    ended(browser, State.REFUSED, reason="bad_address 550")

    page = browser.text(LIST)

    assert "n•••@nordvik.example" in page
    assert "nora@nordvik.example" not in page
    assert "The address cannot be reached by this provider. (550)" in page
    assert "Test message" in page


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("?state=undelivered", {State.REFUSED, State.UNKNOWN, State.DEAD}),
        ("?state=sent", {State.SENT}),
        ("?channel=sms", set()),
        ("?last=2026-01-01", set()),
        ("?first=2026-01-01&channel=email", set(State)),
    ],
)
def test_messages_are_filtered_by_state_channel_and_day(query, states):
    browser = desk()
    for state in State:
        ended(browser, state)
    MessageFactory(state=State.DEAD)

    shown = [row["message"].state for row in browser.get(f"{LIST}{query}").context["rows"]]

    assert set(shown) == states
    assert len(shown) == len(states)


@pytest.mark.parametrize("state", State)
def test_only_what_may_not_have_arrived_can_be_sent_again(state):
    browser = desk()
    message = ended(browser, state)

    offered = reverse("console:message_again", args=[message.public_id]) in browser.text(LIST)

    assert offered == (state in {State.REFUSED, State.UNKNOWN, State.DEAD})


def test_sending_again_asks_first_and_says_that_it_may_arrive_twice():
    browser = desk()
    message = ended(browser, State.UNKNOWN)
    url = reverse("console:message_again", args=[message.public_id])

    assert "it may arrive twice" in browser.text(url)
    assert "We send it again to n•••@nordvik.example" in browser.said(url)

    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert AuditRecord.objects.get(action="message.sent_again").actor_id == browser.user.pk


def test_a_message_that_is_too_old_is_not_sent_and_the_page_says_why():
    browser = desk()
    message = ended(browser, State.UNKNOWN, not_after=timezone.now() - timedelta(minutes=1))

    page = browser.said(reverse("console:message_again", args=[message.public_id]))

    assert "Not sent again. It is too late" in page
    message.refresh_from_db()
    assert message.state == State.UNKNOWN


def test_a_reader_sees_messages_but_sends_none_again():
    browser = desk(Role.READ_ONLY)
    message = ended(browser, State.DEAD)
    url = reverse("console:message_again", args=[message.public_id])

    assert url not in browser.text(LIST)
    assert browser.post(url).status_code == 403


def test_an_empty_list_leads_to_the_test_message():
    assert "Send yourself a test message" in desk().text(LIST)
