"""One test of the whole: all parts of a real Kumquat, killed one by one and then all at once."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.e2e.server import Server
from tests.run.waiting import ended, until


def children(pid: int) -> set[int]:
    return {
        int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if not ended(int(child))
    }


def descendants(pid: int) -> set[int]:
    found = children(pid)
    return found.union(*(descendants(child) for child in found))


@pytest.mark.product("start-1")
def test_kumquat_outlives_its_parts_and_they_never_outlive_it(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        supervisor = server.process.pid
        until(lambda: len(children(supervisor)) == 7)  # web, three workers, beat, PostgreSQL, Valkey
        first = children(supervisor)
        for part in first:
            os.kill(part, signal.SIGKILL)
        until(lambda: len(children(supervisor) - first) == 7)
        until(lambda: is_ready(server))

        everything = descendants(supervisor)
        server.process.kill()
        server.process.wait()
        until(lambda: all(ended(pid) for pid in everything))

        server.start()
        until(lambda: "This is a demo, with invented people." in server.log.read_text())
        everything = descendants(server.process.pid)
    finally:
        code = server.stop()

    assert code == 0
    until(lambda: all(ended(pid) for pid in everything))


def is_ready(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False
