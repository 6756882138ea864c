"""The HTTP gateway client against a real server on the loopback: by status, by silence, by broken connection."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import httpx
import pytest

from accounts.gateways import http_gateway as module
from accounts.gateways.contract import Outcome, Unusable
from accounts.gateways.http_gateway import HttpGateway
from accounts.gateways.status import by_status, seconds
from accounts.messages.reasons import Reason
from tests.accounts.gateways.servers import certificate, drop, free_port, reply


def client(server):
    return HttpGateway(f"http://s%2F3cret@127.0.0.1:{server.port}/sms?from=Kumquat")


def test_the_gateway_gets_number_text_and_id_with_the_token_in_a_header_alone(http_gateway, text_message):
    assert client(http_gateway).send(text_message).outcome is Outcome.ACCEPTED

    (request,) = http_gateway.requests
    assert request["path"] == "/sms?from=Kumquat"
    assert request["headers"]["Authorization"] == "Bearer s/3cret"
    assert request["body"] == {"to": "+4790000123", "text": "It is 012345", "id": "0197@kumquat.example"}


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (200, Outcome.ACCEPTED, None),
        (202, Outcome.ACCEPTED, None),
        (302, Outcome.REFUSED, Reason.REFUSED),
        (400, Outcome.REFUSED, Reason.REFUSED),
        (401, Outcome.TRY_LATER, Reason.LOGIN_REFUSED),
        (404, Outcome.REFUSED, Reason.REFUSED),
        (422, Outcome.REFUSED, Reason.REFUSED),
        (429, Outcome.TRY_LATER, Reason.TRY_LATER),
        (500, Outcome.TRY_LATER, Reason.TRY_LATER),
        (503, Outcome.TRY_LATER, Reason.TRY_LATER),
        (504, Outcome.UNKNOWN, Reason.NO_ANSWER),
    ],
)
def test_each_status_has_its_outcome(http_gateway, text_message, status, outcome, reason):
    http_gateway.answers.append(status)
    result = client(http_gateway).send(text_message)

    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.detail == ("" if outcome is Outcome.ACCEPTED else str(status))
    assert len(http_gateway.requests) == 1


def test_a_redirect_is_not_followed(http_gateway, text_message):
    http_gateway.answers.append(reply(307, Location=f"http://127.0.0.1:{http_gateway.port}/elsewhere"))

    assert client(http_gateway).send(text_message).outcome is Outcome.REFUSED
    assert len(http_gateway.requests) == 1


@pytest.mark.promise("R9")
def test_the_wait_that_a_busy_gateway_asks_for_is_passed_on(http_gateway, text_message):
    http_gateway.answers.append(reply(429, Retry_After="90"))

    assert client(http_gateway).send(text_message).retry_after == 90


@pytest.mark.parametrize(("header", "wait"), [("", 0), ("soon", 0), ("-5", 0), ("99999999", 3600), ("１２", 0)])
def test_a_wait_that_makes_no_sense_is_none_and_a_long_one_is_cut(header, wait):
    assert seconds(header) == wait


def test_a_wait_may_be_a_date():
    assert 50 < seconds(format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)) <= 60
    assert by_status(503, format_datetime(datetime.now(UTC) - timedelta(minutes=1), usegmt=True)).retry_after == 0


def test_a_gateway_that_is_not_there_can_be_tried_later(text_message):
    result = HttpGateway(f"http://token@127.0.0.1:{free_port()}/").send(text_message)

    assert (result.outcome, result.reason, result.ails) == (Outcome.TRY_LATER, Reason.NOT_REACHED, True)


def test_a_connection_dropped_after_the_request_leaves_the_outcome_unknown(http_gateway, text_message):
    http_gateway.answers.append(drop)
    result = client(http_gateway).send(text_message)

    assert (result.outcome, result.reason, result.ails) == (Outcome.UNKNOWN, Reason.NO_ANSWER, True)
    assert len(http_gateway.requests) == 1


@pytest.mark.promise("R9")
def test_a_gateway_that_takes_the_request_and_falls_silent_leaves_the_outcome_unknown(
    http_gateway, text_message, monkeypatch
):
    monkeypatch.setattr(module, "TIMEOUT", httpx.Timeout(0.3))
    done = Event()
    http_gateway.answers.append(lambda handler: done.wait(10))
    result = client(http_gateway).send(text_message)
    done.set()

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NO_ANSWER)


@pytest.mark.requirement("R-55")
def test_a_certificate_of_an_unknown_authority_ends_the_conversation(text_message, tmp_path):
    _authority, context = certificate(tmp_path, "localhost")
    reached = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            reached.append(self.path)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):  # the handshake that failed
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        result = HttpGateway(f"https://token@localhost:{server.server_address[1]}/").send(text_message)
        server.shutdown()
        thread.join()

    assert (result.outcome, result.reason) == (Outcome.TRY_LATER, Reason.BAD_CERTIFICATE)
    assert reached == []


@pytest.mark.promise("S29")
def test_no_log_holds_number_text_or_token(http_gateway, text_message, caplog):
    caplog.set_level(logging.DEBUG)
    client(http_gateway).send(text_message)

    for secret in ("90000123", "012345", "3cret"):
        assert secret not in caplog.text


@pytest.mark.parametrize("url", ["http://s3cret@gateway.example/", "https://", "http://s3cret@10.0.0.8/sms"])
def test_an_address_that_cannot_be_right_is_said_so_without_its_token(url):
    with pytest.raises(Unusable) as caught:
        HttpGateway(url)

    assert "s3cret" not in str(caught.value)


def test_the_name_of_a_gateway_holds_no_token():
    assert HttpGateway("https://token@sms.example.org/x").name == "https sms.example.org"
