"""Which provider gets a letter, which one gets it next, and when one is left alone."""

import json
import stat
import threading
from types import SimpleNamespace

import pytest

from accounts import gateways
from accounts.gateways import breaker
from accounts.gateways.breaker import Breaker
from accounts.gateways.contract import Gateway, Letter, Outcome, Result, Unusable
from accounts.messages.reasons import Reason

REFUSED = Result(Outcome.REFUSED, Reason.REFUSED)
LATER = Result(Outcome.TRY_LATER, Reason.TRY_LATER, retry_after=9)
DOWN = Result(Outcome.TRY_LATER, Reason.NOT_REACHED, ails=True)
UNKNOWN = Result(Outcome.UNKNOWN, Reason.NO_ANSWER, ails=True)
ACCEPTED = Result(Outcome.ACCEPTED)


class Two(Gateway):
    """Answers what its address was told to, and notes that it was asked."""

    schemes = ("two",)
    channels = ("sms",)
    says: dict[str, Result] = {}
    asked: list[str] = []

    def send(self, letter: Letter) -> Result:
        self.asked.append(self.parts.hostname or "")
        return self.says[self.parts.hostname or ""]


@pytest.fixture
def two(settings):
    settings.SMS_URLS = ["two://first", "two://second"]
    Two.asked.clear()
    return Two


@pytest.fixture
def clock(monkeypatch):
    """The breaker's clock, which a test turns."""
    clock = SimpleNamespace(now=1000.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(breaker, "time", clock)
    return clock


@pytest.mark.promise("R9")
@pytest.mark.parametrize(
    ("first", "second", "outcome", "asked"),
    [
        (ACCEPTED, ACCEPTED, Outcome.ACCEPTED, ["first"]),
        (UNKNOWN, ACCEPTED, Outcome.UNKNOWN, ["first"]),
        (REFUSED, ACCEPTED, Outcome.ACCEPTED, ["first", "second"]),
        (DOWN, ACCEPTED, Outcome.ACCEPTED, ["first", "second"]),
        (LATER, UNKNOWN, Outcome.UNKNOWN, ["first", "second"]),
        (REFUSED, REFUSED, Outcome.REFUSED, ["first", "second"]),
        (LATER, REFUSED, Outcome.TRY_LATER, ["first", "second"]),
        (REFUSED, LATER, Outcome.TRY_LATER, ["first", "second"]),
    ],
)
def test_the_second_provider_is_asked_only_when_the_first_has_surely_not_sent(
    two, text_message, first, second, outcome, asked
):
    two.says = {"first": first, "second": second}

    assert gateways.send(text_message).outcome is outcome
    assert two.asked == asked


def test_a_channel_without_a_provider_refuses(settings, text_message):
    settings.SMS_URLS = []
    result = gateways.send(text_message)

    assert (result.outcome, result.reason) == (Outcome.REFUSED, Reason.NO_PROVIDER)
    assert not gateways.offers("sms")


@pytest.mark.promise("R9")
def test_a_provider_that_fails_three_times_in_a_row_is_left_alone_and_tried_again_after_a_while(
    two, text_message, clock
):
    two.says = {"first": DOWN, "second": ACCEPTED}
    for _ in range(6):
        gateways.send(text_message)
    assert two.asked.count("first") == breaker.FAILURES
    assert two.asked.count("second") == 6

    clock.now += breaker.REST + 1
    two.says["first"] = ACCEPTED
    gateways.send(text_message)
    gateways.send(text_message)
    assert two.asked.count("first") == breaker.FAILURES + 2


def test_one_letter_at_a_time_tries_a_provider_that_was_down(two, text_message, clock):
    two.says = {"first": DOWN, "second": REFUSED}
    for _ in range(breaker.FAILURES):
        gateways.send(text_message)
    clock.now += breaker.REST + 1
    gateways.send(text_message)
    gateways.send(text_message)

    assert two.asked.count("first") == breaker.FAILURES + 1


def test_letters_that_are_refused_are_no_reason_to_leave_a_provider_alone():
    watch = Breaker()
    for _ in range(10):
        watch.note(REFUSED)

    assert watch.wait() == 0


def test_two_gateways_cannot_claim_one_scheme():
    with pytest.raises(ValueError, match="smtps"):
        type("Rival", (Gateway,), {"schemes": ("smtps",)})


def test_what_is_wrong_with_the_addresses_is_said_without_their_secrets(settings):
    settings.EMAIL_URL = "smtp://us:s3cret@mail.example.org"
    settings.SMS_URLS = ["gopher://s3cret@x", "https://token@sms.example.org", "smtps://us:s3cret@mail.example.org"]
    settings.VOICE_URLS = []

    found = gateways.problems()
    assert [line.partition(":")[0] for line in found] == ["EMAIL_URL", "SMS_URLS", "SMS_URLS"]
    assert "s3cret" not in " ".join(found)


def test_an_address_that_cannot_be_used_keeps_no_letter_from_the_next_one(two, settings, text_message):
    settings.SMS_URLS = ["gopher://x", "two://second"]
    two.says = {"second": ACCEPTED}

    assert gateways.send(text_message).outcome is Outcome.ACCEPTED


@pytest.mark.promise("S33")
def test_the_outbox_file_is_refused_in_production(settings):
    settings.DEMO = settings.TESTING = False
    with pytest.raises(Unusable):
        gateways.gateway("file:")


def test_the_outbox_file_is_its_owner_s_alone_and_its_lines_never_mix(settings, tmp_path):
    settings.OUTBOX_FILE = tmp_path / "outbox.jsonl"
    long = Letter(
        "id", "email", "nora@site.example", "Nordvik", "S", "text " * 3000, customer="20000001", transaction="txn"
    )
    threads = [
        threading.Thread(target=lambda: [gateways.gateway("file:")[0].send(long) for _ in range(20)]) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = [json.loads(line) for line in settings.OUTBOX_FILE.read_text().splitlines()]
    assert len(lines) == 100
    assert stat.S_IMODE(settings.OUTBOX_FILE.stat().st_mode) == 0o600
    assert {name: lines[0][name] for name in lines[0] if name not in {"at", "body"}} == {
        "channel": "email",
        "to": "nora@site.example",
        "subject": "S",
        "customer": "20000001",
        "transaction": "txn",
    }
