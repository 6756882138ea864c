"""Mail to the published address: one request, one answer that says nothing, and no loop with a machine."""

import email
import mailbox

import pytest
from django.conf import settings

from accounts import links
from accounts.models import Link, Message
from privacy import checks, mailboxes
from privacy.models import Entry, PrivacyRequest
from privacy.moves import Kind, State
from privacy.verbs import receiving, requesting
from tests.factories import UserFactory
from tests.privacy.imap_server import serving

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-48", "R-47")]
PLAIN = """From: Nora Berg <{sender}>
To: hei@fjordvakt.example
Reply-To: thief@evil.example
Subject: {subject}
Message-ID: <1@mail.example>
{more}Content-Type: text/plain; charset=utf-8

{body}
"""


def mail(sender="nora@example.org", subject="My data", body="Send me a copy of my data.", more=""):
    return PLAIN.format(sender=sender, subject=subject, body=body, more=more).encode()


@pytest.fixture
def nora():
    return UserFactory(email="Nora@example.org", username="nora-b")


@pytest.fixture
def maildir(tmp_path, settings):
    box = mailbox.Maildir(tmp_path / "box", create=True)
    settings.INBOUND_URL = f"maildir://{tmp_path}/box"
    return box


def test_a_mail_makes_one_request_and_is_answered_by_a_link(nora, maildir):
    maildir.add(mail())

    assert receiving.receive() == 1
    assert receiving.receive() == 0

    row = PrivacyRequest.objects.get()
    assert (row.kind, row.state, row.channel, row.user) == (Kind.ACCESS, State.EVIDENCE, "mail", nora)
    assert "copy of my data" in requesting.said(row)[0][1]
    assert not row.evidence.exists()
    answer = Message.objects.get(kind=receiving.KIND)
    assert (answer.to, answer.link.purpose) == ("nora@example.org", receiving.TRACK)
    assert [one.get_flags() for one in maildir] == ["S"]


def test_the_answer_says_the_same_whether_anything_is_held_and_goes_to_the_sender_alone(nora):
    known, unknown = receiving.take(mail()), receiving.take(mail(sender="stranger@example.org"))

    said = [
        (one.context, one.user, one.body, one.language, one.customer)
        for one in Message.objects.filter(kind=receiving.KIND)
    ]
    assert said[0] == said[1]
    assert {known.value, unknown.value} == {"nora@example.org", "stranger@example.org"}
    assert not Message.objects.filter(to__contains="evil").exists()
    assert PrivacyRequest.objects.count() == 1


def test_who_forges_a_sender_moves_nothing_and_reads_nothing(nora, client):
    receiving.take(mail(body="Delete everything about me now."))

    row = PrivacyRequest.objects.get()
    assert (row.kind, row.state, row.ready_at) == (Kind.ERASURE, State.EVIDENCE, None)
    page = client.get(f"/me/{nora.customer.slug}/rights/{row.public_id}/")
    assert page.status_code == 302


def test_the_link_shows_where_it_stands_and_nothing_that_is_held(nora, client):
    link = receiving.take(mail())
    client.get(links.url(link).removeprefix(settings.PUBLIC_URL))

    page = client.get("/l/").content.decode()

    assert "A copy of the data" in page and nora.customer.name in page
    assert "Waits for a proof of who asks" in page
    for held in ("nora-b", nora.first_name or "nora-b", "Send me a copy"):
        assert held not in page
    assert Link.objects.get().used_at is None
    assert client.get("/l/").status_code == 200


def test_a_second_mail_joins_the_first(nora):
    receiving.take(mail())
    receiving.take(mail(body="A copy, as I wrote."))

    assert PrivacyRequest.objects.count() == 1
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "Precedence: bulk\n",
        "Return-Path: <>\n",
        "List-Id: <news.example.org>\n",
        "X-Auto-Response-Suppress: All\n",
        "Authentication-Results: mx.example; dmarc=fail header.from=example.org\n",
        "Authentication-Results: mx.example; spf=fail; dkim=none\n",
    ],
)
def test_what_a_machine_sent_or_the_server_calls_forged_is_not_answered(nora, more):
    assert receiving.take(mail(more=more)) is None

    assert not Message.objects.exists()
    assert not PrivacyRequest.objects.exists()


def test_only_what_our_own_server_says_of_the_sender_counts(nora):
    ours = "Authentication-Results: mx.ours; dmarc=pass\n"

    assert receiving.take(mail(more=f"{ours}Authentication-Results: mx.any; dmarc=fail\n")) is not None
    more = f"Authentication-Results: mx.ours; dmarc=fail\n{ours}"
    assert receiving.take(mail(sender="o@example.org", more=more)) is None


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@example.org",
        "no-reply@example.org",
        "a@b.example, c@d.example",
        "nobody",
        "hei@fjordvakt.example",
    ],
)
def test_who_cannot_be_answered_is_not(sender):
    assert receiving.take(mail(sender=sender)) is None


def test_a_sender_is_answered_three_times_a_day_at_most(nora):
    assert [receiving.take(mail()) is not None for _time in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Erase all of it", Kind.ERASURE),
        ("Slett dataene mine", Kind.ERASURE),
        ("Jeg ber om innsyn", Kind.ACCESS),
        ("I object to the profiling", Kind.OBJECTION_OTHER),
        ("Why do you have my number?", Kind.CLARIFICATION),
    ],
)
def test_a_mail_is_what_its_words_say_and_else_a_question(said, kind):
    assert receiving.kind_of(said) == kind


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From: a@b.example\nContent-Type: text/plain; charset=no\n\nx"])
def test_what_is_no_proper_mail_stops_nothing(raw):
    receiving.take(raw)


def test_a_mailbox_is_read_over_imap_with_tls_and_what_was_seen_to_is_marked(nora, tmp_path, settings):
    with serving(tmp_path, mail(), mail(sender="other@example.org")) as (url, authority, mails):
        settings.INBOUND_URL, settings.INBOUND_CA_FILE = url, authority
        assert receiving.receive() == 2
        assert receiving.receive() == 0

        assert all(one["seen"] for one in mails.values())
    assert PrivacyRequest.objects.count() == 1
    assert Message.objects.filter(kind=receiving.KIND).count() == 2


@pytest.mark.requirement("R-55")
def test_a_server_whose_certificate_nobody_vouches_for_is_told_no_password(tmp_path, settings):
    with serving(tmp_path, mail()) as (url, _authority, mails):
        settings.INBOUND_URL, settings.INBOUND_CA_FILE = url, ""

        assert receiving.receive() == 0

        assert not any(one["seen"] for one in mails.values())


@pytest.mark.requirement("R-55")
@pytest.mark.parametrize("url", ["imap://u:p@host/INBOX", "imaps://host", "pop3://u:p@host", "maildir:relative"])
def test_an_address_that_would_send_a_password_in_the_clear_stops_the_start(settings, url):
    settings.INBOUND_URL = url

    (found,) = checks.inbound()

    assert found.id == "kumquat.E022" and ":p@" not in found.msg
    with pytest.raises(mailboxes.Unusable):
        mailboxes.check(url)


@pytest.mark.promise("R11")
@pytest.mark.parametrize(
    "bad",
    [
        b"Subject: =?utf-8?q?=3D=3Fno-such=3Fq=3Fx=3F=3D?=",  # an encoded word in an encoded word
        b"Subject: =?utf-8?q?=3D=3Futf-8=3Fb=3Fa=3F=3D?=",
        b"Subject: =?no-such?q?=ff?=",
        b"From: a@[",
        b'From: "',
        b"Content-Type: text/html\n\n" + b"<a" * 1000,
    ],
)
def test_a_mail_at_which_the_parser_fails_keeps_no_other_waiting(nora, maildir, bad):
    sender = b"" if bad.startswith(b"From") else b"From: nora@example.org\n"
    maildir.add(sender + bad + b"\n\nDelete my data.\n")
    maildir.add(mail(sender="olav@example.org"))

    assert receiving.receive() == 2
    assert "olav@example.org" in [answer.to for answer in Message.objects.filter(kind=receiving.KIND)]
    assert receiving.receive() == 0


@pytest.mark.promise("S28")
def test_no_header_is_read_beyond_what_one_needs():
    raw = mail(subject="My data " * 20_000, more=f"Content-Type: text/plain{';a=b' * 40_000}\n")
    read = email.message_from_bytes(raw, policy=receiving.POLICY)

    assert {len(value) > receiving.LONGEST_HEADER for value in read.values()} == {False}
    assert receiving.take(raw) is not None
