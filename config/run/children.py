"""One part as a child process: it dies with us, its lines carry its name, and it is stopped with patience."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.run.console import Console

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Part:
    """What to start, how to see that it is ready, and how to stop it.

    `orphaned` is the signal it gets when the supervisor is killed, if `stop` would let it linger.
    """

    name: str
    argv: Sequence[str]
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals | None = None
    patience: float = 10.0
    ready: Callable[[], bool] | None = None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None


def dying_with_us(sign: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `sign` to the child when this process ends, even by `kill -9`.

    Start such children from the main thread: the kernel watches the thread that forked, not the process.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # we died before the kernel was told
            os._exit(1)

    return prepare


def follow_parent(sign: signal.Signals) -> None:
    """Let the kernel send us `sign` when the process that started us ends."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


class Child:
    """A running part. Its output goes to the console line by line from a thread of its own."""

    def __init__(self, part: Part, console: Console) -> None:
        self.part = part
        self._asked = False  # twice would mean "at once" to some
        self.last_words: deque[str] = deque(maxlen=5)
        self._process = subprocess.Popen(
            part.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=part.env,
            cwd=part.cwd,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops its parts in order
            preexec_fn=dying_with_us(part.orphaned or part.stop),
        )
        self.pid = self._process.pid
        self.started = time.monotonic()
        self._relay = threading.Thread(target=self._read, args=(console,), daemon=True)
        self._relay.start()

    def poll(self) -> int | None:
        return self._process.poll()

    def ask(self) -> None:
        """Send the part its signal to stop, and wait for nothing."""
        if self.poll() is None and not self._asked:
            self._asked = True
            self._process.send_signal(self.part.stop)

    def stop(self) -> None:
        """Ask, wait as long as the part may take, then kill; whatever it had started itself goes too."""
        self.ask()
        try:
            self._process.wait(self.part.patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.sweep()
        self._relay.join(timeout=1)

    def kill(self) -> None:
        self._process.kill()

    def sweep(self) -> None:
        """Kill what a dead part left in its session, so that a new one finds its sockets free."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _read(self, console: Console) -> None:
        assert self._process.stdout is not None  # noqa: S101 - asked for above; for mypy
        with self._process.stdout as pipe:
            for raw in pipe:
                if text := raw.decode(errors="replace").rstrip():
                    self.last_words.append(text)
                    console.line(self.part.name, text)
