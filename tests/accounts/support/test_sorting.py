"""Tickets have a category, a channel, a time of response; few see an investigation; trends name nobody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import Ticket, TicketEntry
from accounts.support import trends, verbs
from tests.accounts.admin.conftest import desk, page_of, sign_in, staff, url
from tests.accounts.console.cast import desk as dashboard
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
__all__ = ("desk", "staff")
SORTED = {"answer": "", "topic": "abuse", "channel": "mail", "restrict": "", "viewer": "", "_sort": "x"}


def ask(**given):
    return verbs.open_ticket(**({"subject": "Help", "text": "How?", "by": audit.SYSTEM} | given))


@pytest.mark.requirement("R-27")
def test_a_question_needs_a_category_that_staff_can_change(desk):
    browser = dashboard()
    asked = {"subject": "Q", "text": "Q"}
    browser.said(reverse("console:ticket_open"), asked)
    assert not Ticket.objects.exists()
    browser.said(reverse("console:ticket_open"), asked | {"topic": "messages"})
    ticket = Ticket.objects.get()
    assert ticket.topic == "messages"

    assert desk.post(page_of(ticket), SORTED).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.topic, ticket.entries.count()) == ("abuse", 1)
    assert ticket in Ticket.objects.filter(topic="abuse")
    assert "Abuse" in desk.get(reverse("admin:accounts_ticket_trends")).content.decode()


@pytest.mark.requirement("R-28")
def test_the_time_to_the_first_answer_is_kept(staff):
    ticket = ask()
    assert (ticket.state, ticket.answered_at) == ("open", None)
    first = verbs.answer(ticket, staff, "So.", audit.SYSTEM)
    verbs.answer(ticket, staff, "And so.", audit.SYSTEM)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.answered_at) == ("answered", first.at)


@pytest.mark.requirement("R-05")
def test_a_screen_is_shared_only_after_the_customer_agreed(desk):
    browser = dashboard()
    ticket = ask(customer=browser.customer, user=browser.user)
    screen = SORTED | {"channel": "screen"}

    assert "has not agreed" in desk.post(page_of(ticket), screen).content.decode()
    with pytest.raises(verbs.NotAgreed):
        verbs.sort(ticket, audit.SYSTEM, topic="other", channel="screen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.update(channel="screen")
    browser.said(reverse("console:ticket_screen", args=[ticket.public_id]))
    assert desk.post(page_of(ticket), screen).status_code == 302
    ticket.refresh_from_db()
    assert ticket.channel == "screen"


@pytest.mark.requirement("R-29")
def test_an_investigation_is_seen_by_whom_it_was_given_to(desk, client, django_user_model):
    ticket, colleague, other = ask(), StaffFactory(), StaffFactory()
    desk.post(page_of(ticket), SORTED | {"restrict": "on", "viewer": str(colleague.pk)})
    assert "Help" in desk.get(url(Ticket)).content.decode()
    for user, sees in ((colleague, True), (other, False)):
        sign_in(client, user)
        assert ("Help" in client.get(url(Ticket)).content.decode()) is sees
        assert (client.get(page_of(ticket)).status_code == 200) is sees


@pytest.mark.requirement("R-23", "R-30")
def test_nothing_but_counts_from_five_up_leaves_the_tickets(desk):
    for number in range(5):
        asked = ask(subject=f"zz-secret-{number}", email=f"zz{number}@site.example", topic="setup")
        Ticket.objects.filter(pk=asked.pk).update(answered_at=timezone.now() + timedelta(hours=2))
    for _number in range(4):
        asked = ask(subject="zz-rare", topic="privacy")
        Ticket.objects.filter(pk=asked.pk).update(answered_at=timezone.now())
    _months, lines = trends.trends()
    found = {str(line.topic): line for line in lines}

    assert (found["set-up"].counts[-1], found["set-up"].hours) == (5, 2)
    assert (found["personal data"].counts[-1], found["personal data"].hours) == (None, None)
    page = desk.get(reverse("admin:accounts_ticket_trends")).content.decode()
    texts = TicketEntry.objects.values_list("pk", flat=True)
    assert "zz" not in page and not any(str(pk) in page for pk in texts)
