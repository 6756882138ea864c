"""A pytest plugin: starts PostgreSQL and Valkey for the tests as it is imported, before Django reads its settings.

Also a command, `python -m tests.services PROGRAM ...`, that runs a program beside such a pair.
"""

import atexit
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from config.run import services
from config.run.children import Child
from config.run.console import Console

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # set in the workers, which use the pair of the process above them


def start() -> None:
    """Start a pair that ends with this process, however it ends, and put what names it into the environment."""
    folder = Path(tempfile.mkdtemp(prefix="kumquat-tests-"))
    pair = services.prepare(folder, lasting=False)
    log = (folder / "services.log").open("w")
    children = [Child(part, Console(log)) for part in pair]
    atexit.register(_end, folder, children)
    deadline = time.monotonic() + 30
    while not all(part.ready and part.ready() for part in pair):
        if time.monotonic() > deadline:
            sys.exit(f"PostgreSQL and Valkey did not start: {(folder / 'services.log').read_text()}")
        time.sleep(0.02)
    forget_settings()
    os.environ.update(environment(folder))


def forget_settings() -> None:
    """Drop what the caller has set for a server of their own, so that tests mean the same everywhere."""
    example = Path(__file__).parents[1] / ".env.example"
    for name in re.findall(r"^#? ?([A-Z_]+)=", example.read_text(), re.MULTILINE):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)


def environment(folder: Path) -> dict[str, str]:
    """What every test, and every program that a test starts, may rely on."""
    var = folder / "var"
    (var / "static").mkdir(parents=True)  # where whitenoise looks as it starts
    return {
        "TESTING": "1",
        "DEMO": "0",
        "KUMQUAT_VAR": str(var),
        **services.addresses(folder),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": f"k1:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
        "PUBLIC_URL": "http://localhost:8000",
        "PORT": "8000",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def keep_apart(worker: str) -> None:
    """Give an xdist worker a Valkey database and a folder of its own; pytest-django does so for PostgreSQL."""
    number = 1 + int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={number}")
    var = Path(os.environ["KUMQUAT_VAR"]) / worker
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ["KUMQUAT_VAR"] = str(var)


def _end(folder: Path, children: list[Child]) -> None:
    for child in reversed(children):
        child.stop()
    services.tidy(folder)
    shutil.rmtree(folder, ignore_errors=True)


if WORKER:
    keep_apart(WORKER)
else:
    start()

if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
