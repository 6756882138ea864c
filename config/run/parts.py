"""What Kumquat consists of: the jobs before a start, and the parts that run side by side."""

import http.client
import json
import os
import signal
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from config.run.children import Part
from config.run.folder import ROOT

PYTHON = sys.executable
CELERY = (PYTHON, "-m", "celery", "-q", "-A", "config")
# No chatter between workers: each queue has its own, and the heartbeat is a row in the database
WORKER = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
# As /readyz calls them
HEARD_AS = {"otp": "worker_otp", "webhooks": "worker_webhooks", "worker": "worker_default"}
# Threads are few, since each holds a database connection for good
GRANIAN = (
    *("--interface", "wsgi", "--http", "1", "--no-ws", "--log-level", "warning"),
    *("--workers", "2", "--blocking-threads", "4"),
    *("--respawn-failed-workers", "--workers-kill-timeout", "3"),
)
SOURCES = ("accounts", "mfa", "rba", "privacy", "config", "static", "templates", "locale")


def manage(name: str, *words: str, env: Mapping[str, str]) -> Part:
    return Part(name, (PYTHON, "manage.py", *words), env=env, cwd=ROOT)


def workers(folder: Path, env: Mapping[str, str]) -> list[Part]:
    """Codes have a worker of their own, so that no long job stands before them; so have slow receivers of events."""
    env = {
        **env,
        "CELERY_SKIP_CHECKS": "1",  # it would throw their findings away, after a second of work
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",  # which is about pickle
    }
    beat = ("beat", "-s", str(folder / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING")
    return [
        _celery("otp", ("worker", "-n", "otp@%h", "-Q", "otp", "-c", "2", *WORKER), env),
        _celery("worker", ("worker", "-n", "rest@%h", "-Q", "privacy,default", "-c", "1", *WORKER), env),
        _celery("webhooks", ("worker", "-n", "webhooks@%h", "-Q", "webhooks", "-c", "1", *WORKER), env),
        _celery("beat", beat, env),
    ]


def _celery(name: str, words: tuple[str, ...], env: Mapping[str, str]) -> Part:
    """Told to stop, it finishes its tasks; an orphan must not, since the database has gone as well."""
    return Part(name, (*CELERY, *words), orphaned=signal.SIGKILL, patience=30, env=env, cwd=ROOT)


def web(port: int, host: str, env: Mapping[str, str]) -> Part:
    """The web server on the loopback: a proxy stands in front of it where others may reach it."""
    argv = (PYTHON, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), *GRANIAN, "config.wsgi:application")
    return Part("web", argv, patience=15, ready=lambda: answers(port, host), env=env, cwd=ROOT)


def answers(port: int, host: str) -> bool:
    """Whether /healthz says that the server is alive."""
    return _ask(port, host, "/healthz")[0] == http.client.OK


def silence(port: int, host: str) -> dict[str, float]:
    """For how many seconds each worker has not been heard, by its part's name; nothing when none could work."""
    _, body = _ask(port, host, "/readyz")
    said = json.loads(body) if body.startswith(b"{") else {}
    if not all(said.get(service, {}).get("ok") for service in ("database", "broker")):
        return {}
    return {name: said.get(key, {}).get("seconds", 0.0) for name, key in HEARD_AS.items()}


def _ask(port: int, host: str, path: str) -> tuple[int, bytes]:
    """Status and body; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


class Stamp:
    """Remembers what was prepared and from what, so that a start with nothing new skips it."""

    def __init__(self, folder: Path, *circumstances: str) -> None:
        self._file = folder / "prepared"
        self._made_from = [*circumstances, *_sources()]

    def is_fresh(self, state: str) -> bool:
        """`state` is what the database says of itself, which another program may have changed meanwhile."""
        return self._file.exists() and self._file.read_text() == self._digest(state)

    def renew(self, state: str) -> None:
        self._file.write_text(self._digest(state))

    def _digest(self, state: str) -> str:
        return sha256(json.dumps([state, self._made_from]).encode()).hexdigest()


def _sources() -> list[tuple[str, int, int]]:
    """Names, sizes and times of everything that the prepared things are made from."""
    found = [ROOT / "requirements.txt"]
    for top in SOURCES:
        for folder, folders, files in os.walk(ROOT / top):
            folders[:] = [name for name in folders if name != "__pycache__"]
            found += [Path(folder, name) for name in files]
    return sorted((str(path.relative_to(ROOT)), (at := path.stat()).st_size, at.st_mtime_ns) for path in found)
