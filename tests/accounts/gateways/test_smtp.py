"""SMTP against a real server on the loopback: every moment at which it can go well, wrong, or nobody knows how."""

import socket
import threading
import time

import pytest

from accounts.gateways import smtp
from accounts.gateways.contract import Outcome, Unusable
from accounts.gateways.smtp import Smtp
from accounts.messages.reasons import Reason
from tests.accounts.gateways.servers import (
    PASSWORD,
    Mailbox,
    authenticate,
    certificate,
    free_port,
    hang_up,
    smtp_server,
)


def send(mailbox, letter, **options):
    with smtp_server(mailbox, **options) as port:
        return Smtp(f"smtp://127.0.0.1:{port}").send(letter)


def test_an_accepted_mail_arrives_whole_and_under_its_own_id(letter):
    mailbox = Mailbox()
    assert send(mailbox, letter).outcome is Outcome.ACCEPTED

    (envelope,) = mailbox.letters
    content = envelope.content.decode()
    assert envelope.rcpt_tos == ["nora@site.example"]
    assert envelope.mail_from == "no-reply@localhost"
    for line in (
        "Message-ID: <0197@kumquat.example>",
        "From: Nordvik <no-reply@localhost>",
        "To: nora@site.example",
        "Auto-Submitted: auto-generated",
        "It is 012345",
        "<p>It</p>",
    ):
        assert line in content


@pytest.mark.parametrize(
    ("command", "answer", "outcome", "reason", "detail"),
    [
        ("MAIL", "451 4.3.0 busy", Outcome.TRY_LATER, Reason.TRY_LATER, "451 4.3.0"),
        ("MAIL", "550 5.7.1 not you", Outcome.REFUSED, Reason.SENDER_REFUSED, "550 5.7.1"),
        ("RCPT", "450 4.2.0 greylisted", Outcome.TRY_LATER, Reason.TRY_LATER, "450 4.2.0"),
        ("RCPT", "550 no such user nora@site.example", Outcome.REFUSED, Reason.REFUSED, "550"),
        ("DATA", "452 4.2.2 mailbox full", Outcome.TRY_LATER, Reason.TRY_LATER, "452 4.2.2"),
        ("DATA", "554 5.6.0 spam", Outcome.REFUSED, Reason.REFUSED, "554 5.6.0"),
        ("MAIL", "421 closing", Outcome.TRY_LATER, Reason.TRY_LATER, "421"),
        ("MAIL", hang_up, Outcome.TRY_LATER, Reason.NOT_REACHED, ""),
        ("RCPT", hang_up, Outcome.TRY_LATER, Reason.NOT_REACHED, ""),
        ("DATA", hang_up, Outcome.UNKNOWN, Reason.NO_ANSWER, ""),
    ],
)
def test_each_answer_at_each_moment_has_its_outcome(letter, command, answer, outcome, reason, detail):
    result = send(Mailbox(**{command: answer}), letter)

    assert (result.outcome, result.reason, result.detail) == (outcome, reason, detail)


def test_nothing_of_an_address_is_kept_from_what_a_server_says(letter):
    assert "nora" not in send(Mailbox(RCPT="550 5.1.1 nora@site.example unknown"), letter).words


def test_a_server_that_is_not_there_can_be_tried_later(letter):
    result = Smtp(f"smtp://127.0.0.1:{free_port()}").send(letter)

    assert (result.outcome, result.reason, result.ails) == (Outcome.TRY_LATER, Reason.NOT_REACHED, True)


@pytest.mark.promise("R9")
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b"", Outcome.TRY_LATER),
        (b"220 hello\r\n", Outcome.TRY_LATER),
        (b"220 hello\r\n250 you\r\n250 from\r\n250 to\r\n354 go\r\n", Outcome.UNKNOWN),
    ],
    ids=["before its greeting", "after its greeting", "after it asked for the mail"],
)
def test_a_server_that_falls_silent_costs_only_its_time(letter, monkeypatch, said, outcome):
    """Before the mail was handed over it can be tried later; after that nobody knows."""
    monkeypatch.setattr(smtp, "SECONDS", 0.4)
    done = threading.Event()

    def serve(listener):
        connection, _peer = listener.accept()
        connection.sendall(said)
        done.wait(10)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        began = time.monotonic()
        result = Smtp(f"smtp://127.0.0.1:{listener.getsockname()[1]}").send(letter)
        took = time.monotonic() - began
        done.set()
        thread.join()

    assert result.outcome is outcome
    assert took < 5


@pytest.mark.parametrize("tls", ["smtps", "starttls"])
def test_tls_with_a_trusted_certificate_and_a_password_carries_the_mail(letter, settings, tmp_path, tls):
    authority, context = certificate(tmp_path, "localhost")
    settings.SMTP_CA_FILE = str(authority)
    mailbox = Mailbox()
    scheme = "smtps" if tls == "smtps" else "smtp+starttls"
    with smtp_server(mailbox, tls, context, authenticator=authenticate, auth_require_tls=tls == "starttls") as port:
        result = Smtp(f"{scheme}://us:s3cret%2Fword@localhost:{port}").send(letter)

    assert result.outcome is Outcome.ACCEPTED
    assert PASSWORD == "s3cret/word"
    assert len(mailbox.letters) == 1


@pytest.mark.requirement("R-55")
@pytest.mark.parametrize("tls", ["smtps", "starttls"])
@pytest.mark.parametrize("trusted", [True, False], ids=["another name", "an unknown authority"])
def test_a_certificate_that_is_not_this_server_s_ends_the_conversation(letter, settings, tmp_path, tls, trusted):
    authority, context = certificate(tmp_path, "elsewhere.example" if trusted else "localhost")
    settings.SMTP_CA_FILE = str(authority) if trusted else ""
    mailbox = Mailbox()
    scheme = "smtps" if tls == "smtps" else "smtp+starttls"
    with smtp_server(mailbox, tls, context) as port:
        result = Smtp(f"{scheme}://us:{PASSWORD.replace('/', '%2F')}@localhost:{port}").send(letter)

    assert (result.outcome, result.reason) == (Outcome.TRY_LATER, Reason.BAD_CERTIFICATE)
    assert mailbox.commands == []


@pytest.mark.requirement("R-55")
def test_a_server_without_starttls_gets_neither_password_nor_mail(letter):
    mailbox = Mailbox()
    with smtp_server(mailbox, authenticator=authenticate, auth_require_tls=False) as port:
        result = Smtp(f"smtp+starttls://us:pw@localhost:{port}").send(letter)

    assert (result.outcome, result.reason) == (Outcome.TRY_LATER, Reason.NO_TLS)
    assert mailbox.commands == []


def test_a_refused_password_is_the_set_up_s_fault_and_not_the_mail_s(letter):
    with smtp_server(Mailbox(), authenticator=authenticate, auth_require_tls=False) as port:
        result = Smtp(f"smtp://us:wrong@127.0.0.1:{port}").send(letter)

    assert (result.outcome, result.reason) == (Outcome.TRY_LATER, Reason.LOGIN_REFUSED)


@pytest.mark.promise("S23")
def test_header_injection_is_refused_before_a_server_hears_of_it(letter):
    mailbox = Mailbox()
    evil = type(letter)(**{**letter.__dict__, "to": "nora@site.example\r\nBcc: all@site.example"})

    assert send(mailbox, evil).outcome is Outcome.REFUSED
    assert mailbox.commands == []


@pytest.mark.parametrize(
    "url", ["smtps://", "smtp://mail.example.org", "smtp://us:pw@10.0.0.1:25", "smtps://us:pw@host:many"]
)
def test_an_address_that_cannot_be_right_is_said_so_without_its_password(url):
    with pytest.raises(Unusable) as caught:
        Smtp(url)

    assert "pw" not in str(caught.value)
