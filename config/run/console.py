"""What the terminal shows: one line at a time, each with the name of the part that wrote it."""

import os
import sys
import threading
from typing import IO

COLOURS = (36, 35, 34, 32, 33, 96, 95, 94, 92)
WIDTH = 10


class Trouble(Exception):
    """Something the person at the terminal can mend; the message is one sentence for them."""


class Console:
    """Prefixes lines with their part's name, in a colour of its own when somebody looks on."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()
        self._colours: dict[str, int] = {}
        self._coloured = self._stream.isatty() and "NO_COLOR" not in os.environ
        self.gone = threading.Event()

    def line(self, name: str, text: str) -> None:
        with self._lock:
            self._write(f"{self._prefix(name)} {text}\n")

    def say(self, text: str = "") -> None:
        """Words of Kumquat's own, without a prefix."""
        with self._lock:
            self._write(f"{text}\n")

    def _prefix(self, name: str) -> str:
        label = f"{name:<{WIDTH}}|"
        if not self._coloured:
            return label
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{label}\x1b[0m"

    def _write(self, text: str) -> None:
        """A reader that went away (`make run | head`, a closed terminal) is a reason to stop, never to stop reading."""
        if self.gone.is_set():
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self.gone.set()
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())  # what is still buffered goes there
