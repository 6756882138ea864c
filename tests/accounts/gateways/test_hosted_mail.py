"""Hosted mail services, spoken to by django-anymail, played by a server on the loopback."""

import pytest

from accounts.gateways.contract import Outcome, Unusable
from accounts.gateways.hosted_mail import KEYS, HostedMail
from accounts.messages.reasons import Reason
from tests.accounts.gateways.servers import drop, free_port, reply


def json_answer(status, text, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


def postmark(port):
    return HostedMail(f"anymail+postmark://k%2Fey@?api_url=http://127.0.0.1:{port}/")


TAKEN = json_answer(
    200, '{"ErrorCode":0,"Message":"OK","MessageID":"x","To":"nora@site.example","SubmittedAt":"2026-11-24T10:00:00Z"}'
)


def test_an_accepted_mail_has_our_key_our_words_and_our_id(http_gateway, letter):
    http_gateway.answers.append(TAKEN)
    assert postmark(http_gateway.port).send(letter).outcome is Outcome.ACCEPTED

    (request,) = http_gateway.requests
    assert request["headers"]["X-Postmark-Server-Token"] == "k/ey"
    assert request["body"]["To"] == "nora@site.example"
    assert request["body"]["HtmlBody"] == "<p>It</p>"
    assert {"Name": "Message-ID", "Value": "<0197@kumquat.example>"} in request["body"]["Headers"]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (reply(422), Outcome.REFUSED, Reason.REFUSED),
        (reply(401), Outcome.TRY_LATER, Reason.LOGIN_REFUSED),
        (reply(429, Retry_After="7"), Outcome.TRY_LATER, Reason.TRY_LATER),
        (reply(503, Retry_After="7"), Outcome.TRY_LATER, Reason.TRY_LATER),
        (drop, Outcome.UNKNOWN, Reason.NO_ANSWER),
    ],
    ids=["422", "401", "429", "503", "dropped"],
)
def test_each_answer_has_its_outcome(http_gateway, letter, answer, outcome, reason):
    http_gateway.answers.append(answer)
    result = postmark(http_gateway.port).send(letter)

    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.retry_after == (7 if reason is Reason.TRY_LATER else 0)
    assert len(http_gateway.requests) == 1


def test_a_service_that_is_not_there_can_be_tried_later(letter):
    result = postmark(free_port()).send(letter)

    assert (result.outcome, result.reason, result.ails) == (Outcome.TRY_LATER, Reason.NOT_REACHED, True)


@pytest.mark.parametrize("service", KEYS)
def test_every_service_takes_its_key_from_the_address(http_gateway, letter, service):
    gateway = HostedMail(f"anymail+{service}://s3cret@mail.example.org?api_url=http://127.0.0.1:{http_gateway.port}/")
    http_gateway.answers.append(503)

    assert gateway.send(letter).outcome is Outcome.TRY_LATER
    assert gateway.name == service
    assert len(http_gateway.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "anymail+mailgun://s3cret@",
        "anymail+postmark://",
        "anymail+brevo://s3cret@?api_url=http://mail.example.org/",
    ],
)
def test_an_address_that_cannot_be_right_is_said_so_without_its_key(url):
    with pytest.raises(Unusable) as caught:
        HostedMail(url)

    assert "s3cret" not in str(caught.value)
