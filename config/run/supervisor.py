"""Keeps parts side by side: starts them group by group, restarts one that dies, stops the groups backwards."""

import signal
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from config.run.children import Child, Part
from config.run.console import Console, Trouble

TICK = 0.1


class Supervisor:
    """Runs parts until it is told to stop. Use it as a context manager, from the main thread."""

    def __init__(
        self,
        console: Console,
        *,
        deaths: int = 5,
        within: float = 60.0,
        pause: float = 0.5,
        deaf_after: float = 180.0,  # the longest that a task may take, and then some
    ) -> None:
        self.console = console
        self._deaths = deaths
        self._within = within
        self._pause = pause
        self._deaf_after = deaf_after
        self._children: dict[str, Child] = {}
        self._died: dict[str, deque[float]] = defaultdict(deque)
        self._due: dict[str, float] = {}
        self._groups: list[list[Part]] = []
        self._told_to_stop = False  # no Event: its lock is not for signal handlers

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_exception: object) -> None:
        for group in reversed(self._groups):
            running = [self._children[part.name] for part in group]
            for child in running:
                child.ask()
            for child in running:
                child.stop()

    @property
    def stopping(self) -> bool:
        return self._told_to_stop or self.console.gone.is_set()

    def start(self, parts: Sequence[Part], *, beside: bool = False, patience: float = 120.0) -> None:
        """Start the parts as one group; return when each says that it is ready, or when we are told to stop.

        With `beside` they join the group before them, and are stopped together with it.
        """
        if not beside:
            self._groups.append([])
        for part in parts:
            self._children[part.name] = Child(part, self.console)
            self._groups[-1].append(part)
        deadline = time.monotonic() + patience
        waiting = [part for part in parts if part.ready]
        while waiting and not self.stopping:
            waiting = [part for part in waiting if not (part.ready and part.ready())]
            if waiting and time.monotonic() > deadline:
                raise Trouble(f"The part “{waiting[0].name}” did not become ready within {patience:.0f} seconds.")
            self._look_after()
            time.sleep(TICK / 4)

    def run(self, part: Part) -> None:
        """Run one job to its end; Trouble when it fails."""
        child = Child(part, self.console)
        try:
            while (code := child.poll()) is None and not self.stopping:
                self._look_after()
                time.sleep(TICK / 4)
        finally:
            child.stop()
        if code and not self.stopping:
            raise Trouble(f"“{part.name}” failed; the lines above say why.")

    def watch(self, silence: Callable[[], Mapping[str, float]] = dict, every: float = 15.0) -> None:
        """Look after the parts until we are told to stop.

        `silence` gives, by name, for how many seconds a part that lives has done nothing it should have: after three
        minutes it is killed, and so started again.
        """
        asked = time.monotonic()
        while not self.stopping:
            self._look_after()
            if (now := time.monotonic()) > asked + every:
                asked = now
                self._wake(silence(), now)
            time.sleep(TICK)

    def _wake(self, silence: Mapping[str, float], now: float) -> None:
        for name, seconds in silence.items():
            child = self._children[name]
            if min(seconds, now - child.started) > self._deaf_after and child.poll() is None:
                self.console.line(name, f"has not been heard for {seconds:.0f} s; ending it")
                child.kill()

    def _look_after(self) -> None:
        now = time.monotonic()
        for name, child in self._children.items():
            if name in self._due:
                if now >= self._due[name]:
                    del self._due[name]
                    self._children[name] = Child(child.part, self.console)
            elif (code := child.poll()) is not None:
                self._bury(child, code, now)

    def _bury(self, child: Child, code: int, now: float) -> None:
        """A part has died: say when it comes back, or give up when it keeps dying."""
        child.sweep()
        name = child.part.name
        died = self._died[name]
        died.append(now)
        while died[0] < now - self._within:
            died.popleft()
        if len(died) > self._deaths:
            raise Trouble(f"“{name}” has died {len(died)} times within {self._within:.0f} seconds{_why(child)}")
        delay = self._pause * 2 ** (len(died) - 1)
        self._due[name] = now + delay
        self.console.line(name, f"ended with {code}; starting it again in {delay:g} s")

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True


def _why(child: Child) -> str:
    words = child.last_words[-1] if child.last_words else ""
    return f"; its last words: {words}" if words else ", without a word."
