"""The bench's own tools: what loads the server counts what it must, and figures are told as they were."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load, report


class Stand(BaseHTTPRequestHandler):
    """Answers with what it was asked for, over one connection as long as it stays."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[int, str]] = []

    def do_GET(self) -> None:
        self.seen.append((self.client_address[1], self.path))
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def stand() -> Iterator[int]:
    """The port of a server that repeats the path."""
    Stand.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Stand) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def requests(*paths: str) -> list[bytes]:
    return [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths]


def test_every_request_is_sent_once_over_so_many_connections(stand):
    paths = [f"/right/{n}" for n in range(40)]

    measured = load.run(load.Job(stand, 4, requests(*paths), b"right"))

    assert sorted(path for _connection, path in Stand.seen) == sorted(paths)
    assert len({connection for connection, _path in Stand.seen}) == 4
    assert len(measured.latencies) == 40
    assert measured.failures == []
    assert measured.rate == pytest.approx(40 / measured.seconds)


def test_an_answer_that_is_not_what_was_wanted_is_kept(stand):
    measured = load.run(load.Job(stand, 2, requests("/right", "/wrong", "/right"), b"right"))

    assert len(measured.latencies) == 3
    assert [answer.rpartition(b"\r\n\r\n")[2] for answer in measured.failures] == [b"/wrong"]


def test_a_job_measures_the_same_in_a_process_of_its_own(stand):
    measured = load.measure(load.Job(stand, 2, requests("/right", "/wrong"), b"right"))

    assert len(measured.latencies) == 2
    assert len(measured.failures) == 1


def test_percentiles_are_of_the_ranked_latencies():
    measured = load.Measured(latencies=[float(n) for n in range(100, 0, -1)], seconds=1)

    assert [measured.percentile(share) for share in (0.5, 0.95, 0.99)] == [51, 96, 100]


@pytest.mark.product("speed-3")
def test_a_ratio_is_taken_within_each_round():
    bare = [load.Measured([1.0] * n, 1.0) for n in (100, 200, 400)]
    calls = [load.Measured([2.0] * n, 1.0) for n in (50, 150, 200)]

    told = report.table({("bare", 8): bare, ("validate", 8): calls})

    assert "| validate | 8 | 150 (50 to 200) | 0.50 (0.50 to 0.75) |" in told


def test_wrong_answers_are_told():
    wrong = load.Measured(failures=[b'HTTP/1.1 200 OK\r\n\r\n{"status": "FAILED"}'])

    assert report.failures({("validate", 8): [wrong]}) == ['validate: b\'{"status": "FAILED"}\'']
