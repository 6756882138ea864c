"""How much processor time a program and all that it has started have used, from /proc."""

import os
from collections import defaultdict
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def spent(root: int, word: str) -> float:
    """Milliseconds used so far by those processes under `root`, itself among them, whose command holds `word`."""
    return sum(_used(pid) for pid in _family(root) if word in _command(pid))


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):
        if fields := _stat(pid):
            children[int(fields[1])].append(pid)
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def _used(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) * TICK if fields else 0.0


def _stat(pid: int) -> list[str]:
    """What follows the name in /proc/PID/stat: state, parent, ...; empty for a process that has just ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
