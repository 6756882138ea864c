"""A closed loop over keep-alive sockets, in a process of its own.

A job comes by stdin, and what was measured leaves by stdout. Each connection sends its next request as soon as it has
the whole answer to the last one. The requests are ready-made bytes, so that this process takes as little of the machine
as it can.
"""

import gc
import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """What to send where, over how many connections, and what every answer must hold."""

    port: int
    connections: int
    requests: list[bytes]
    wanted: bytes
    seconds: float = 60.0  # after which it gives up


@dataclass
class Measured:
    """Latencies in milliseconds, the whole time in seconds, and the answers that were not what was wanted.

    `web` and `database` are the processor time of a request in milliseconds, which whoever asked fills in.
    """

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: list[bytes] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


class Connection:
    """One socket and the answer that is coming in on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        self.answer, self.sent = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has come; whether the answer is whole."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.answer += chunk
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return False
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not length:
            raise ConnectionError(f"an answer without a length: {self.answer[:500]!r}")
        return len(body) >= int(length)


def run(job: Job) -> Measured:
    """Send them all."""
    measured = Measured()
    waiting = deque(job.requests)
    connections = [Connection(job.port) for _ in range(min(job.connections, len(waiting)))]
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(waiting.popleft())
        busy = len(connections)
        while busy:
            ready = selector.select(timeout=10)
            if not ready or time.perf_counter() - began > job.seconds:
                raise TimeoutError(f"{len(waiting)} requests were left after {job.seconds:.0f} s")
            for key, _events in ready:
                busy -= _advance(key.data, waiting, job.wanted, measured)
    measured.seconds = time.perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return measured


def _advance(connection: Connection, waiting: deque[bytes], wanted: bytes, measured: Measured) -> bool:
    """Take in what came, and send the next request when the answer is whole; True when there is none left."""
    if not connection.receive():
        return False
    measured.latencies.append((time.perf_counter() - connection.sent) * 1000)
    if wanted not in connection.answer:
        measured.failures.append(connection.answer)
    if not waiting:
        return True
    connection.send(waiting.popleft())
    return False


def measure(job: Job) -> Measured:
    """Do a job in a process of its own."""
    here = [sys.executable, str(Path(__file__).resolve())]
    done = subprocess.run(here, input=pickle.dumps(job.__dict__), stdout=subprocess.PIPE, check=True)
    return Measured(**pickle.loads(done.stdout))  # noqa: S301  # our own process wrote it


if __name__ == "__main__":
    given = Job(**pickle.load(sys.stdin.buffer))  # noqa: S301  # our own process wrote it
    gc.disable()
    sys.stdout.buffer.write(pickle.dumps(run(given).__dict__))
