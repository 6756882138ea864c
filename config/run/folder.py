"""The folder var/: locked by whoever runs on it, and home of the keys that the first start makes."""

import fcntl
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import IO

from config.run.console import Trouble

ROOT = Path(__file__).resolve().parents[2]


def locate() -> Path:
    """var/ in the checkout, or where KUMQUAT_VAR says."""
    return Path(os.environ.get("KUMQUAT_VAR") or ROOT / "var").absolute()


def claim(folder: Path) -> IO[str]:
    """Make the folder and hold it for as long as the returned file stays open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Trouble(
            f"Another Kumquat runs on {folder}: stop it, or start this one with KUMQUAT_VAR= and PORT= of its own."
        ) from None
    return lock


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def private_text(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, made at the first call."""
    if not path.exists():
        write_privately(path, make() + "\n")
    return path.read_text().strip()


def provide_keys(folder: Path) -> dict[str, str]:
    """The environment that names the key files, made at the first start; what the caller set itself stays."""
    makers = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": lambda: f"k1:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
    }
    named = {}
    for name, make in makers.items():
        if not os.environ.get(name) and not os.environ.get(f"{name}_FILE"):
            path = folder / name.lower()
            private_text(path, make)
            named[f"{name}_FILE"] = str(path)
    return named
