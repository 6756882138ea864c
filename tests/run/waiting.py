"""Waiting for what another process does, and seeing whether it is gone."""

import time
from collections.abc import Callable
from pathlib import Path

LIMIT = 60.0


def until(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail when it never does."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def ended(pid: int) -> bool:
    """Whether the process is gone, or dead and only not yet buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
