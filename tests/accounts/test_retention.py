"""What is forgotten when, by the data map: each sort of row a moment before and after its time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit, links, retention
from accounts.audit import Actor
from accounts.http import Source
from accounts.models import (
    AuditRecord,
    Invitation,
    Link,
    Message,
    RateCount,
    Role,
    Session,
    SignedCall,
    Ticket,
    TicketEntry,
)
from tests.factories import CustomerFactory, MessageFactory, OperatorUserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def session(ends):
    Session.objects.create(session_key="a" * 40, session_data="", expire_date=ends)


def link():
    made = links.make("test", lasts=HOUR, customer=CustomerFactory())
    MessageFactory(link=made, customer=made.customer)


def invitation():
    Invitation.objects.create(
        customer=CustomerFactory(),
        email="n@site.example",
        role=Role.ADMIN,
        expires_at=timezone.now() + timedelta(days=7),
    )


def ticket():
    made = Ticket.objects.create(subject="?", state=Ticket.State.CLOSED)
    TicketEntry.objects.create(ticket=made, text="closed long ago")


CASES = [
    (Session, lambda: session(timezone.now() + HOUR), HOUR),
    (RateCount, lambda: RateCount.objects.create(name="x", window=1, expires_at=timezone.now() + HOUR), HOUR),
    (
        SignedCall,
        lambda: SignedCall.objects.create(digest=b"d" * 32, body=b"b" * 32, at=timezone.now()),
        timedelta(minutes=15),
    ),
    (Link, link, timedelta(days=30) + HOUR),
    (Invitation, invitation, timedelta(days=37)),
    (Message, MessageFactory, timedelta(days=90)),
    (Ticket, ticket, timedelta(days=365)),
    (AuditRecord, lambda: audit.record("test", audit.SYSTEM, None), timedelta(days=3 * 365 + 1)),
]


@pytest.mark.requirement("R-45")
@pytest.mark.parametrize(("model", "make", "kept"), CASES, ids=[case[0].__name__ for case in CASES])
def test_each_sort_of_row_is_kept_until_its_time_and_no_longer(model, make, kept):
    make()
    start = timezone.now()

    retention.forget(start + kept - timedelta(minutes=1))
    assert model.objects.exists()
    retention.forget(start + kept + timedelta(minutes=1))
    assert not model.objects.exists()


def test_a_message_outlives_its_link():
    link()
    retention.forget(timezone.now() + timedelta(days=40))

    assert Message.objects.get().link is None


def test_an_open_ticket_is_kept():
    Ticket.objects.create(subject="?")
    retention.forget(timezone.now() + timedelta(days=1000))

    assert Ticket.objects.exists()


def test_the_address_of_a_member_s_act_is_forgotten_after_sixty_days_and_the_record_stays():
    member = OperatorUserFactory()
    audit.record("test", Actor(AuditRecord.Actor.MEMBER, member.pk, Source("198.51.100.7")), None)
    assert AuditRecord.objects.get().address_sealed

    retention.forget(timezone.now() + timedelta(days=59))
    assert AuditRecord.objects.get().address_sealed
    retention.forget(timezone.now() + timedelta(days=61))
    assert AuditRecord.objects.get().address_sealed == ""


def test_a_run_is_bounded(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 2)
    MessageFactory.create_batch(5, customer=CustomerFactory())

    assert retention.forget(timezone.now() + timedelta(days=91))["Message"] == 4
    assert retention.forget(timezone.now() + timedelta(days=91))["Message"] == 1
