"""Tickets: asked by members and plugins, answered by staff, closed and opened again."""

import pytest

from accounts import audit
from accounts.models import AuditRecord, Message, Ticket
from accounts.support import verbs
from accounts.verbs.customers import operator
from tests.factories import CustomerFactory, StaffFactory, member

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-22")
def test_an_answer_goes_to_who_asked_and_its_text_is_encrypted_until_it_is_sent():
    customer = CustomerFactory()
    user = member(customer=customer)
    ticket = verbs.open_ticket(customer=customer, user=user, subject="Codes", text="Why?", by=audit.SYSTEM)

    verbs.answer(ticket, StaffFactory(), "Because.", audit.SYSTEM)

    message = Message.objects.get(kind="accounts.ticket_answered")
    assert (message.customer, message.to, message.body) == (customer, user.email, "Because.")
    assert message.context == {"subject": "Codes", "ticket": ticket.public_id}
    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.ANSWERED
    assert [entry.by_staff for entry in ticket.entries.order_by("at")] == [False, True]


def test_a_plugins_question_without_a_customer_is_answered_by_the_operator():
    ticket = verbs.open_ticket(
        subject="Query", text="?", email="oda@site.example", category="WP 6.2.4", by=audit.SYSTEM
    )

    verbs.answer(ticket, StaffFactory(), "Here.", audit.SYSTEM)

    message = Message.objects.get(kind="accounts.ticket_answered")
    assert (message.customer, message.to) == (operator(), "oda@site.example")


def test_a_question_without_an_address_is_answered_on_the_page_alone():
    ticket = verbs.open_ticket(subject="Query", text="?", by=audit.SYSTEM)

    verbs.answer(ticket, StaffFactory(), "Here.", audit.SYSTEM)

    assert not Message.objects.exists()


def test_texts_that_are_too_long_are_cut_rather_than_refused():
    ticket = verbs.open_ticket(subject="s" * 999, category="c" * 999, text="t" * 99_999, by=audit.SYSTEM)

    ticket.refresh_from_db()
    assert (len(ticket.subject), len(ticket.category)) == (200, 120)
    assert len(ticket.entries.get().text) == verbs.LONGEST


def test_closing_is_recorded_once():
    ticket = verbs.open_ticket(subject="Query", text="?", by=audit.SYSTEM)

    verbs.close(ticket, audit.SYSTEM)
    verbs.close(ticket, audit.SYSTEM)

    assert AuditRecord.objects.filter(action="ticket.closed").count() == 1
