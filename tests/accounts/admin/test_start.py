"""The start page says how the service does in figures that open their lists; the mail page says what mail lacks."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin import mail_test
from accounts.gateways.setup_check import Finding
from accounts.models import AuditRecord, Message, Ticket, WorkerHeartbeat
from tests.accounts.admin.conftest import page_of
from tests.factories import MessageFactory, TransactionFactory

pytestmark = pytest.mark.django_db
State = Message.State
TEST_MAIL = "/staff/accounts/message/test/"


@pytest.fixture
def workers(db):
    for queue in ("otp", "default", "webhooks"):
        WorkerHeartbeat.objects.update_or_create(queue=queue, defaults={"at": timezone.now()})


def figures(desk):
    """The figures by label, each with its value and the list it opens."""
    html = desk.get("/staff/").content.decode()
    tile = r'stat__label">([^<]+)</span>\s*<span class="stat__value"><a href="([^"]+)">([^<]+)</a>'
    return {label: (value, address.replace("&amp;", "&")) for label, address, value in re.findall(tile, html)}


def test_a_quiet_day_is_called_quiet_and_says_when_it_was_looked_at(desk, workers):
    html = desk.get("/staff/").content.decode()

    assert "All is quiet" in html
    assert re.search(r"Checked at \d\d:\d\d:\d\d", html)


def test_every_figure_counts_what_its_list_shows(desk, workers, world):
    now = timezone.now()
    MessageFactory.create_batch(2, state=State.DEAD, finished_at=now)
    MessageFactory.create_batch(3, state=State.UNKNOWN, finished_at=now)
    MessageFactory(state=State.SENT, finished_at=now)
    TransactionFactory.create_batch(4, state="approved")
    TransactionFactory(state="approved", purpose="enrol")
    TransactionFactory(state="failed")

    found = figures(desk)

    counted = {label: found[label][0] for label in found if not label.startswith(("Worker", "New"))}
    assert counted == {
        "Sign-ins today": "4",
        "Failed today": "1",
        "Messages on their way": "2",  # the world's own, and its invitation
        "Messages given up": "2",
        "Messages of unknown fate": "3",
        "Open tickets": "1",
    }
    for label, (value, address) in found.items():
        listed = desk.get(address)
        assert listed.status_code == 200, label
        if not label.startswith("Worker"):
            assert f"{value} in all" in listed.content.decode(), label


def test_the_figures_cost_a_fixed_number_of_bounded_reads(desk, workers, world):
    with CaptureQueriesContext(connection) as seen:
        desk.get("/staff/")

    reads = [query["sql"] for query in seen.captured_queries[3:]]
    assert len(reads) == 13
    assert all("LIMIT" in sql or "workerheartbeat" in sql or "clock_timestamp" in sql for sql in reads)


@pytest.mark.parametrize(
    ("words", "make"),
    [
        (
            "Codes wait for a worker.",
            lambda: MessageFactory(is_code=True, next_try_at=timezone.now() - timedelta(0, 90)),
        ),
        ("Messages were given up", lambda: MessageFactory(state=State.DEAD, finished_at=timezone.now())),
        ("Somebody waits for an answer.", lambda: Ticket.objects.create(subject="Late codes")),
        ("No worker of otp is at work.", lambda: WorkerHeartbeat.objects.filter(queue="otp").delete()),
        (
            "No worker of default is at work.",
            lambda: WorkerHeartbeat.objects.filter(queue="default").update(at=timezone.now() - timedelta(minutes=2)),
        ),
    ],
)
def test_what_needs_a_look_is_said_in_a_sentence(desk, workers, words, make):
    make()

    html = desk.get("/staff/").content.decode()
    assert "This needs a look" in html
    assert words in html


def test_a_mail_set_up_that_lacks_nothing_sends_a_message(desk, staff, monkeypatch):
    monkeypatch.setattr(mail_test, "check_email_setup", lambda: [Finding(True, "All is well.")])

    response = desk.post(TEST_MAIL, {"address": "me@kumquat.example"})

    message = Message.objects.get(kind="accounts.test")
    assert (message.to, message.customer.is_operator) == ("me@kumquat.example", True)
    assert response["Location"] == page_of(message)
    assert AuditRecord.objects.get(action="message.test_sent").actor_id == staff.pk


def test_a_mail_set_up_that_lacks_something_is_told_and_nothing_is_sent(desk, monkeypatch):
    monkeypatch.setattr(mail_test, "check_email_setup", lambda: [Finding(False, "Nothing answers at mail.example.")])

    html = desk.post(TEST_MAIL, {"address": "me@kumquat.example"}).content.decode()

    assert "Nothing answers at mail.example." in html
    assert not Message.objects.exists()


def test_looking_at_the_mail_page_tries_nothing(desk, monkeypatch):
    monkeypatch.setattr(mail_test, "check_email_setup", lambda: pytest.fail("the server was asked"))

    html = desk.get(TEST_MAIL).content.decode()
    assert 'value="kari@kumquat.example"' in html
    assert desk.post(TEST_MAIL, {"address": "nonsense"}).status_code == 200


def test_mail_is_tried_twenty_times_an_hour_at_most(desk, monkeypatch):
    monkeypatch.setattr(mail_test, "check_email_setup", lambda: [Finding(False, "No.")])

    pages = [desk.post(TEST_MAIL, {"address": "me@kumquat.example"}).content.decode() for _time in range(21)]
    assert ["That is enough" in page for page in pages] == [False] * 20 + [True]
