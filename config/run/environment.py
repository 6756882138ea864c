"""What the parts of a server are told: the caller's own settings, and what was left to us."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.run import folder as var
from config.run import services
from config.run.console import Trouble

DEFAULT_PORT = 8000
ADDRESSES = ("DATABASE_URL", "REDIS_URL")
YES = ("1", "true", "yes", "on")


def build(folder: Path) -> dict[str, str]:
    """The environment of every part that runs on this folder; makes the keys when there are none yet."""
    port = read_port()
    env = {
        **os.environ,
        "KUMQUAT_VAR": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": (given("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/"),
        "DEMO": "1" if (given("DEMO") or "1").lower() in YES else "0",
        "PYTHONUNBUFFERED": "1",
        **var.provide_keys(folder),
    }
    if not brings_services():
        env |= services.addresses(folder)
    return env


def given(name: str) -> str:
    """What the caller set, itself or in a file that NAME_FILE names."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, "").strip()


def brings_services() -> bool:
    """Whether PostgreSQL and Valkey run elsewhere. Trouble when only one of them does."""
    named = [name for name in ADDRESSES if given(name)]
    if len(named) == 1:
        raise Trouble(f"{named[0]} is set without the other: set both DATABASE_URL and REDIS_URL, or neither.")
    return bool(named)


def read_port() -> int:
    text = given("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is no port: give a number from 1 to 65535.")
    return int(text)


def database_url(env: Mapping[str, str]) -> str:
    return given("DATABASE_URL") or env["DATABASE_URL"]
