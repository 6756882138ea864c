"""manage.py sendtest: from the set-up's faults to a message that went out."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import gateways
from accounts.models import Message
from tests.accounts.gateways.servers import Mailbox, free_port, smtp_server

pytestmark = pytest.mark.django_db


def sendtest(address="you@site.example"):
    out = StringIO()
    call_command("sendtest", address, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def rested_breakers():
    gateways.gateway.cache_clear()


def test_a_right_set_up_sends_a_message_and_says_so(settings):
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        settings.EMAIL_URL = f"smtp://localhost:{port}"
        said = sendtest()

    assert "takes our sign-in" in said and "Sent to you@site.example by smtp localhost." in said
    assert "Subject: A test message from Fjordvakt" in mailbox.letters[0].content.decode()


@pytest.mark.product("start-9")
def test_a_wrong_set_up_sends_nothing_and_says_what_it_lacks(settings, capsys):
    settings.EMAIL_URL = f"smtps://us:pw@localhost:{free_port()}"

    with pytest.raises(CommandError, match="Nothing was sent"):
        sendtest()
    assert not Message.objects.exists()


def test_a_message_that_is_refused_is_told_with_the_reason(settings):
    with smtp_server(Mailbox(RCPT="550 5.1.1 no such user")) as port:
        settings.EMAIL_URL = f"smtp://localhost:{port}"
        with pytest.raises(CommandError, match=r"Not sent: refused. The provider refused it. \(550 5.1.1\)"):
            sendtest()


def test_what_is_no_address_is_said_so():
    with pytest.raises(CommandError, match="is no e-mail address"):
        sendtest("you")
