"""Asking the operator, reading the answer, writing again."""

import pytest
from django.urls import reverse

from accounts import audit
from accounts.models import Ticket, TicketEntry
from accounts.support import verbs
from tests.accounts.console.cast import desk
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
LIST = reverse("console:support")
ASK = reverse("console:ticket_open")


@pytest.mark.product("customer-13")
@pytest.mark.requirement("R-22")
def test_a_question_is_asked_and_answered_on_one_page():
    browser = desk()

    page = browser.said(ASK, {"topic": "messages", "subject": "Codes are late", "text": "Since nine o'clock.\n\nWhy?"})
    assert "We have your question" in page

    ticket = Ticket.objects.get(customer=browser.customer)
    verbs.answer(ticket, StaffFactory(), "A provider was slow.", audit.SYSTEM)

    page = browser.text(reverse("console:ticket", args=[ticket.public_id]))
    assert "Since nine o&#x27;clock." in page
    assert "A provider was slow." in page
    assert "Answered" in page


def test_an_empty_question_is_kept_and_says_what_is_missing():
    browser = desk()

    page = browser.said(ASK, {"subject": "Codes are late", "text": ""})

    assert "Write what you want to ask" in page
    assert 'value="Codes are late"' in page
    assert not Ticket.objects.exists()


def test_writing_again_opens_a_closed_question():
    browser = desk()
    ticket = verbs.open_ticket(customer=browser.customer, user=browser.user, subject="Q", text="Q", by=audit.SYSTEM)
    url = reverse("console:ticket", args=[ticket.public_id])

    assert "The question is closed" in browser.said(reverse("console:ticket_close", args=[ticket.public_id]))
    assert "Closed" in browser.text(url)

    browser.said(url, {"text": "Once more"})
    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.OPEN
    assert TicketEntry.objects.filter(ticket=ticket).count() == 2


def test_questions_are_filtered_by_state():
    browser = desk()
    verbs.open_ticket(customer=browser.customer, subject="First", text="Q", by=audit.SYSTEM)
    closed = verbs.open_ticket(customer=browser.customer, subject="Second", text="Q", by=audit.SYSTEM)
    verbs.close(closed, audit.SYSTEM)

    page = browser.text(f"{LIST}?state=closed")

    assert "Second" in page
    assert "First" not in page


def test_a_flood_of_texts_is_stopped_and_the_text_kept():
    browser = desk()
    for number in range(20):
        browser.post(ASK, {"topic": "other", "subject": f"Q{number}", "text": "Q"})

    page = browser.said(ASK, {"topic": "other", "subject": "One more", "text": "A long story"})

    assert "That is 20 texts within the hour" in page
    assert "A long story" in page
    assert Ticket.objects.count() == 20


@pytest.mark.promise("S23")
def test_markup_in_a_text_is_shown_as_it_was_typed():
    browser = desk()

    page = browser.said(ASK, {"subject": "<b>", "text": "<script>alert(1)</script> javascript:alert(1)"})

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
