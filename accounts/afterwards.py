"""Work that no answer waits for: gathered for a moment, then done for all at once by a thread of this process."""

import atexit
import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
GATHER = 0.05  # seconds
MOST = 5000  # that wait; of more than that the oldest are lost


class Afterwards(Generic[T]):
    """What was added is given to `do` within a moment, in order, many at a time; whoever cannot wait calls `finish`.

    For what may be lost: whatever waits when the process dies is. `do` must not raise.
    """

    def __init__(self, do: Callable[[list[T]], None]) -> None:
        self._do = do
        self._waiting: deque[T] = deque(maxlen=MOST)
        self._some, self._starting, self._doing = Event(), Lock(), Lock()
        self._thread: Thread | None = None
        atexit.register(self.finish)

    def add(self, one: T) -> None:
        """Have it done soon."""
        self._waiting.append(one)
        self._some.set()
        if self._thread is None or not self._thread.is_alive():  # as in a process that was forked
            self._start()

    def finish(self) -> None:
        """Do now whatever waits; when this returns, all that was added before is done."""
        with self._doing:
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if batch:
                self._do(batch)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="afterwards", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._some.wait():
            time.sleep(GATHER)
            self._some.clear()
            self.finish()
