"""Apprise: which addresses are let through, and what its yes and no become."""

import logging

import apprise
import pytest

from accounts.gateways.contract import Outcome, Unusable
from accounts.gateways.notifier import Notifier
from accounts.messages.reasons import Reason

# One of Apprise's plugins still imports what Python 3.13 drops
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
TWILIO = f"twilio://AC{'a' * 32}:{'b' * 32}@15551234567/{{to}}"


@pytest.fixture
def answer(monkeypatch):
    """What Apprise says, and what it was given; nothing goes out."""
    given = []

    def notify(self, body, **options):
        given.append((body, [target for service in self for _kind, target in service.targets]))
        return notify.says

    notify.says = True
    notify.given = given
    monkeypatch.setattr(apprise.Apprise, "notify", notify)
    return notify


def test_the_number_takes_its_place_in_the_address(answer, text_message):
    assert Notifier(TWILIO).send(text_message).outcome is Outcome.ACCEPTED
    assert answer.given == [("It is 012345", ["+4790000123"])]


def test_a_no_counts_as_refused(answer, text_message):
    answer.says = False
    result = Notifier(TWILIO).send(text_message)

    assert (result.outcome, result.reason) == (Outcome.REFUSED, Reason.REFUSED)


def test_redirects_are_never_followed_and_certificates_always_checked():
    (service,) = Notifier(TWILIO)._service("+4790000123")

    assert (service.redirects, service.verify_certificate) == (False, True)


@pytest.mark.parametrize(
    "url",
    [
        TWILIO.replace("{to}", "4790000123"),
        f"{TWILIO}?verify=no",
        f"{TWILIO}?redirect=yes",
        "twilio://short:token@1/{to}",
    ],
)
def test_an_address_that_would_be_unsafe_or_cannot_be_read_is_refused(url):
    with pytest.raises(Unusable) as caught:
        Notifier(url)

    assert "b" * 32 not in str(caught.value)


@pytest.mark.parametrize("scheme", Notifier.schemes)
def test_every_scheme_that_is_let_through_is_one_that_apprise_knows_and_reaches_by_https(scheme):
    known = apprise.Apprise().details()["schemas"]
    (service,) = [one for one in known if scheme in (one["secure_protocols"] or ())]

    assert not service["protocols"]
    assert any("{targets}" in template for template in service["details"]["templates"])


@pytest.mark.promise("S29")
def test_no_log_holds_the_number(text_message, monkeypatch, caplog):
    """Apprise's plugins log the numbers they write to; their logger is closed in the settings."""

    def notify(self, body, **options):
        logging.getLogger("apprise").error("Failed to send to +4790000123")
        return False

    monkeypatch.setattr(apprise.Apprise, "notify", notify)
    Notifier(TWILIO).send(text_message)

    assert "90000123" not in caplog.text


def test_the_name_holds_no_account():
    assert Notifier(TWILIO).name == "twilio by Apprise"
