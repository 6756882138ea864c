"""Kumquat as `make run` starts it, in a folder and on a port of its own, and what it has sent so far."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from config.run.children import dying_with_us
from config.run.folder import ROOT

PATIENCE = 120.0  # seconds that a first start may take on a busy machine
SOON = 30.0  # seconds within which a message is on its way
# What tests and people set for servers of their own
OTHERS = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_FILE", "ENCRYPTION_KEYS", "ENCRYPTION_KEYS_FILE"),
    *("PUBLIC_URL", "TESTING", "DEMO", "DEBUG", "EMAIL_URL", "SMS_URLS", "VOICE_URLS", "DJANGO_SETTINGS_MODULE"),
)


@dataclass(frozen=True)
class Letter:
    """One line of the outbox file."""

    at: str
    channel: str
    to: str
    subject: str
    body: str
    customer: str
    transaction: str

    @property
    def code(self) -> str:
        """The code in it; a call reads it out digit by digit."""
        if self.channel == "voice":
            return re.sub(r"\D", "", self.body.partition("code is:")[2].partition("\n")[0])
        found = re.search(r"\b\d{6,10}\b", self.body)
        assert found, self.body
        return found[0]

    @property
    def link(self) -> str:
        """The address in it that opens one of our pages."""
        found = re.search(r"https?://\S+/l/\S+", self.body)
        assert found, self.body
        return found[0]


class Server:
    """A running Kumquat. `demo` is what its demo.json says; `var` is where its things lie."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.var = folder / "var"
        self.log = folder / "log"
        own = {"KUMQUAT_VAR": str(self.var), "PORT": str(self.port), "DEMO": "1", "PYTHONUNBUFFERED": "1"}
        self._env = {name: value for name, value in os.environ.items() if name not in OTHERS} | own | settings
        self.demo: dict[str, Any] = {}
        self._clients: list[httpx.Client] = []
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it, and return when its web server answers; its workers are up a moment later."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                env=self._env,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=dying_with_us(signal.SIGTERM),
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, f"Kumquat did not start:\n{self.tail()}"
            assert time.monotonic() < deadline, f"Kumquat did not answer within {PATIENCE:.0f} s:\n{self.tail()}"
            time.sleep(0.05)
        self.demo = json.loads((self.var / "demo.json").read_text())

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz", timeout=5).is_success
        return False

    def client(self) -> httpx.Client:
        """A client with cookies and connections of its own, closed when the server ends."""
        self._clients.append(httpx.Client(base_url=self.url, timeout=30))
        return self._clients[-1]

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit code."""
        for client in self._clients:
            client.close()
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()

    def tail(self) -> str:
        """The end of its log, for a failure's message."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def letters(self, *, saying: str = "", **wanted: str) -> list[Letter]:
        """What was sent so far with these values (channel, to, transaction) and words in it, oldest first."""
        file = self.var / "outbox.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        found = [Letter(**json.loads(line)) for line in lines]
        found = [letter for letter in found if saying in letter.body]
        return [letter for letter in found if all(getattr(letter, name) == value for name, value in wanted.items())]

    def letter(self, **wanted: str) -> Letter:
        """The first such letter, waited for: a worker sends it."""
        deadline = time.monotonic() + SOON
        while not (found := self.letters(**wanted)):
            assert time.monotonic() < deadline, f"no letter {wanted} was sent within {SOON:.0f} s:\n{self.tail()}"
            time.sleep(0.02)
        return found[0]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Do a statement in the server's database; its rows, if it has any."""
        with psycopg.connect(self.demo["database_url"], autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """A server for as long as the block lasts; that it ends cleanly is asserted."""
    server = Server(folder, **settings)
    try:
        server.start()
        yield server
    finally:
        code = server.stop()
    assert code == 0, f"Kumquat ended with {code}:\n{server.tail()}"
