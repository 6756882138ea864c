"""What people read when their mail set-up lacks something."""

import socket

import pytest

from accounts import gateways
from accounts.gateways.setup_check import check_email_setup
from tests.accounts.gateways.servers import Mailbox, authenticate, certificate, free_port, smtp_server


@pytest.fixture
def words(settings):
    """The one finding for an address, as (whether it is right, its words)."""

    def check(url):
        settings.EMAIL_URL = url
        gateways.gateway.cache_clear()
        (finding,) = check_email_setup()
        return finding.ok, finding.words

    return check


def test_a_set_up_that_is_right_is_said_so_and_nothing_is_sent(words, settings, tmp_path):
    authority, context = certificate(tmp_path, "localhost")
    settings.SMTP_CA_FILE = str(authority)
    mailbox = Mailbox()
    with smtp_server(mailbox, "smtps", context, authenticator=authenticate, auth_require_tls=False) as port:
        assert words(f"smtps://us:s3cret%2Fword@localhost:{port}") == (
            True,
            "localhost takes our sign-in and mail from no-reply@localhost.",
        )
    assert mailbox.commands == ["MAIL"]
    assert mailbox.letters == []


def test_an_unset_address(words):
    ok, text = words("")
    assert not ok and "EMAIL_URL is not set" in text


@pytest.mark.parametrize("url", ["gopher://s3cret@x", "smtp://us:s3cret@mail.example.org", "anymail+mailgun://s3cret@"])
def test_an_address_that_cannot_be_right(words, url):
    ok, text = words(url)
    assert not ok and text.startswith("EMAIL_URL cannot be used: ") and "s3cret" not in text


def test_a_host_that_does_not_exist(words, monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    ok, text = words("smtps://us:pw@mail.kumquat.invalid:465")
    assert not ok and "host name was not found. Check how mail.kumquat.invalid is spelled" in text


def test_a_refused_connection(words):
    port = free_port()
    ok, text = words(f"smtps://us:pw@localhost:{port}")
    assert not ok and f"Nothing answers at localhost, port {port}." in text and "firewall" in text


@pytest.mark.parametrize(
    ("name", "trusted", "told"),
    [("elsewhere.example", True, "Hostname mismatch"), ("localhost", False, "self-signed certificate")],
    ids=["another name", "an unknown authority"],
)
def test_a_certificate_that_does_not_hold(words, settings, tmp_path, name, trusted, told):
    authority, context = certificate(tmp_path, name)
    settings.SMTP_CA_FILE = str(authority) if trusted else ""
    with smtp_server(Mailbox(), "smtps", context) as port:
        ok, text = words(f"smtps://us:pw@localhost:{port}")

    assert not ok and "could not be trusted" in text and "SMTP_CA_FILE" in text
    assert told in text or not trusted


def test_a_server_without_encryption(words):
    with smtp_server(Mailbox()) as port:
        ok, text = words(f"smtp+starttls://us:pw@localhost:{port}")

    assert not ok and "offers no STARTTLS" in text


def test_a_refused_password(words):
    with smtp_server(Mailbox(), authenticator=authenticate, auth_require_tls=False) as port:
        ok, text = words(f"smtp://us:s3cret@localhost:{port}")

    assert not ok and "refused our sign-in" in text and "%40" in text and "s3cret" not in text


def test_a_refused_sender(words):
    with smtp_server(Mailbox(MAIL="550 5.7.60 not yours")) as port:
        ok, text = words(f"smtp://localhost:{port}")

    assert not ok and "does not let us send as no-reply@localhost" in text and "550 5.7.60" in text


def test_the_outbox_file_and_hosted_services_can_be_told_but_not_tried(words):
    assert words("file:") == (True, "Mail is written to the outbox file and leaves this machine for nobody.")
    assert words("anymail+postmark://key@")[1].startswith("Mail goes out through postmark.")
