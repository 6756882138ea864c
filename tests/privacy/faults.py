"""Processes that are killed with -9 at a chosen point of what they do with the database, and what is left of them."""

import os
import re
import signal
from collections.abc import Callable
from itertools import count

from django.db import connection

from accounts.messages import verbs as messages

DONE, KILLED = 0, -signal.SIGKILL
MOST_STEPS = 400
COMMIT = "COMMIT"
Dies = Callable[[str], bool]


def before_step(step: int) -> Dies:
    """Death before the n-th statement or commit."""
    numbers = count(1)
    return lambda _sql: next(numbers) == step


def before(*patterns: str, time: int = 1) -> Dies:
    """Death before the statement that matches the last pattern, for the n-th time after all others matched in turn."""
    left, numbers = list(patterns), count(1)

    def dies(sql: str) -> bool:
        if re.search(left[0], sql) is None:
            return False
        if len(left) > 1:
            left.pop(0)
            return False
        return next(numbers) == time

    return dies


def run_until(task: Callable[[], object], dies: Dies) -> int:
    """Do a task in a process of its own that is killed at a point of it; how the process ended."""
    pid = os.fork()
    if pid == 0:
        try:
            _doomed(task, dies)
        finally:
            os._exit(1)  # an error; what follows is the test's own process
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _doomed(task, dies):
    connection.connection = None  # the test's own is not to be shared
    messages._broker["rests_until"] = float("inf")  # mails wait in the outbox, as after any such death

    def look(sql):
        if dies(sql):
            os.kill(os.getpid(), signal.SIGKILL)

    def looked(execute, sql, *given):
        look(str(sql))
        return execute(sql, *given)

    commit = connection.commit
    connection.commit = lambda: (look(COMMIT), commit())
    with connection.execute_wrapper(looked):
        task()
    os._exit(DONE)


def killed_again_and_again(task, check, stride):
    """Kill it at a later step each time, going on from what is left, until it is done; how often it was killed."""
    for times, step in enumerate(range(1, MOST_STEPS, stride)):
        ended = run_until(task, before_step(step))
        check()
        if ended == DONE:
            return times
        assert ended == KILLED
    raise AssertionError("it never came to its end")
