"""Tests of the supervisor, with small parts in place of Kumquat's own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.run.waiting import ended, until

FAREWELL = """
import os, signal, sys, time
def leave(*_):
    print("leaves")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("runs as", os.getpid())
while True:
    time.sleep(0.01)
"""
STUBBORN = FAREWELL.replace("sys.exit(0)", "pass")
CHATTY = """
import time
while True:
    print("still here")
    time.sleep(0.01)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "1000"])
print("runs as", child.pid)
time.sleep(1000)
"""


@contextmanager
def stage(*plan: tuple[str, str, float]) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "tests.run.stage", json.dumps(plan)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], *wanted: str) -> list[str]:
    """The lines up to the one at which each of the wanted words has been seen."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if all(any(word in seen for seen in lines) for word in wanted):
            return lines
    pytest.fail(f"{wanted} not among {lines}")


def pids(lines: list[str]) -> dict[str, int]:
    """Part by part, the process that announced itself last."""
    found = (re.match(r"(\w+) *\| runs as (\d+)", line) for line in lines)
    return {match[1]: int(match[2]) for match in found if match}


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_parts_backwards_and_counts_as_success(sign):
    with stage(("first", FAREWELL, 10), ("second", FAREWELL, 10), ("third", FAREWELL, 10)) as process:
        started = pids(read_until(process, "ready", "first     | runs", "second    | runs", "third     | runs"))
        process.send_signal(sign)
        rest, _ = process.communicate()

    assert process.returncode == 0
    assert re.findall(r"(\w+) *\| leaves", rest) == ["third", "second", "first"]
    assert all(ended(pid) for pid in started.values())


def test_each_line_carries_the_name_of_its_part_and_no_colour_without_a_terminal():
    with stage(("greeter", "print('good morning'); import time; time.sleep(1000)", 1)) as process:
        assert "greeter   | good morning" in read_until(process, "good morning")


@pytest.mark.product("start-2")
def test_a_part_that_dies_is_started_again():
    with stage(("steady", FAREWELL, 10), ("fragile", FAREWELL, 10)) as process:
        before = pids(read_until(process, "steady    | runs", "fragile   | runs"))
        os.kill(before["fragile"], signal.SIGKILL)
        after = pids(read_until(process, "ended with -9", "fragile   | runs"))

        assert after["fragile"] != before["fragile"]
        assert not ended(before["steady"])


@pytest.mark.promise("R4")
def test_a_part_that_lives_but_does_nothing_is_started_again():
    with stage(("steady", FAREWELL, 10), ("deaf", FAREWELL, 10)) as process:
        before = pids(read_until(process, "steady    | runs", "deaf      | runs"))
        after = pids(read_until(process, "has not been heard", "deaf      | runs"))

        assert after["deaf"] != before["deaf"]
        assert not ended(before["steady"])


def test_a_part_that_keeps_dying_ends_everything_with_its_last_words():
    with stage(("steady", FAREWELL, 10), ("hopeless", "raise SystemExit('no such table')", 10)) as process:
        lines, _ = process.communicate()

    assert process.returncode == 1
    assert "trouble: “hopeless” has died 4 times within 60 seconds; its last words: no such table" in lines
    assert all(ended(pid) for pid in pids(lines.splitlines()).values())


def test_a_part_that_will_not_stop_is_killed():
    with stage(("stubborn", STUBBORN, 0.2)) as process:
        started = pids(read_until(process, "ready", "runs as"))
        process.terminate()
        process.communicate()

    assert process.returncode == 0
    assert ended(started["stubborn"])


def test_what_a_part_started_goes_with_it():
    with stage(("parent", PARENT, 10)) as process:
        started = pids(read_until(process, "ready", "runs as"))
        process.terminate()
        process.communicate()

    until(lambda: ended(started["parent"]))


@pytest.mark.product("start-2")
def test_killing_the_supervisor_leaves_nothing_running():
    with stage(("first", FAREWELL, 10), ("second", FAREWELL, 10)) as process:
        started = pids(read_until(process, "first     | runs", "second    | runs"))
        process.kill()
        process.wait()

        until(lambda: all(ended(pid) for pid in started.values()))


def test_a_reader_that_goes_away_stops_everything():
    with stage(("chatty", CHATTY, 1)) as process:
        read_until(process, "still here")
        assert process.stdout
        process.stdout.close()

        assert process.wait() == 0


def test_a_closed_terminal_stops_everything():
    ours, theirs = os.openpty()
    plan = json.dumps([("chatty", CHATTY, 1)])
    with subprocess.Popen([sys.executable, "-m", "tests.run.stage", plan], stdout=theirs) as process:
        os.close(theirs)
        until(lambda: b"still here" in os.read(ours, 1024))
        os.close(ours)

        assert process.wait() == 0
