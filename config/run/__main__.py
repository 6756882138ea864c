"""`python -m config.run`: Kumquat and all it needs, side by side, until Ctrl-C."""

import errno
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from config.run import folder as var
from config.run import parts, services
from config.run.children import follow_parent
from config.run.console import Console, Trouble
from config.run.supervisor import Supervisor

LEAST_FREE = 200 * 1024 * 1024
DEFAULT_PORT = 8000


def main() -> int:
    """Run until told to stop: 0 after Ctrl-C or SIGTERM, 1 with a sentence when something is wrong."""
    if "--with-parent" in sys.argv:  # a killed `make` tells its children nothing
        follow_parent(signal.SIGTERM)
    console = Console()
    try:
        with Supervisor(console) as supervisor:
            run(supervisor, console)
    except (Trouble, OSError) as error:
        sys.stdout.flush()
        print(f"\nKumquat has stopped: {in_words(error)}", file=sys.stderr)
        return 1
    console.say("Kumquat has stopped.")
    return 0


def run(supervisor: Supervisor, console: Console) -> None:
    began = time.monotonic()
    folder = var.locate()
    lock = var.claim(folder)
    with lock:
        port = read_port()
        refuse_full_disk(folder)
        env = {**os.environ, **provide_environment(folder, port), "PYTHONUNBUFFERED": "1"}
        if not (env.get("DATABASE_URL") and env.get("REDIS_URL")):
            env |= start_services(supervisor, console, folder)
        prepare(supervisor, console, folder, env)
        host = urlsplit(env["PUBLIC_URL"]).netloc
        supervisor.start([parts.web(port, host, env)])  # first and alone: each part takes a processor for seconds
        supervisor.start(parts.workers(folder, env), beside=True)
        if not supervisor.stopping:
            greet(console, folder, env, time.monotonic() - began)
        supervisor.watch(lambda: parts.silence(port, host))
        console.say("\nStopping.")


def provide_environment(folder: Path, port: int) -> dict[str, str]:
    """What the parts need to know and the caller did not say."""
    return {
        "KUMQUAT_VAR": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": (os.environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/"),
        "DEMO": os.environ.get("DEMO") or "1",
        **var.provide_keys(folder),
    }


def start_services(supervisor: Supervisor, console: Console, folder: Path) -> dict[str, str]:
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
    if named:
        raise Trouble(f"{named[0]} is set without the other: set both DATABASE_URL and REDIS_URL, or neither.")
    if not (folder / "pg").exists():
        console.say(f"Making a database in {folder} ...")
    pair = services.prepare(folder)
    supervisor.start(pair.parts)
    return {"DATABASE_URL": pair.database_url, "REDIS_URL": pair.redis_url}


def prepare(supervisor: Supervisor, console: Console, folder: Path, env: dict[str, str]) -> None:
    """Bring the database, the static files and the demo set up to date.

    A demo skips it when nothing has changed since the last start. In production `migrate` runs always, for it first
    checks the settings, and refuses them in words.
    """
    stamp = parts.Stamp(folder, *(env[name] for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "DEMO")))
    demo = env["DEMO"] == "1"
    made = all((folder / name).exists() for name in ("static", "demo.json"))
    if demo and made and stamp.is_fresh(services.applied_migrations(env["DATABASE_URL"])):
        return
    console.say("Preparing the database and the pages ...")
    jobs = [parts.manage("migrate", "migrate", "--no-input", env=env)]
    jobs.append(parts.manage("static", "collectstatic", "--no-input", env=env))
    if demo:
        jobs.append(parts.manage("demo", "demo", env=env))
    for job in jobs:
        if supervisor.stopping:
            return
        supervisor.run(job)
    stamp.renew(services.applied_migrations(env["DATABASE_URL"]))


def greet(console: Console, folder: Path, env: dict[str, str], seconds: float) -> None:
    """The addresses and, in a demo, who can sign in."""
    url = env["PUBLIC_URL"]
    console.say(f"\nKumquat is ready after {seconds:.1f} s. Stop it with Ctrl-C.\n")
    console.say(f"  Dashboard   {url}/dashboard/")
    console.say(f"  Staff       {url}/staff/")
    if env["DEMO"] == "1":
        demo = json.loads((folder / "demo.json").read_text())
        console.say("\n  This is a demo, with invented people. Sign in")
        console.say(f"    to the dashboard as   {demo['member_email']}   password   {demo['member_password']}")
        console.say(f"    as staff as           {demo['staff_email']}   password   {demo['staff_password']}")
        console.say(f"  Codes for staff, and every message that would have been sent: {url}/demo/")
    console.say()


def read_port() -> int:
    """PORT, when it is a number that nobody else listens on."""
    given = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (given.isascii() and given.isdecimal()) or not 0 < int(given) < 65536:
        raise Trouble(f"PORT={given} is no port: give a number from 1 to 65535.")
    port = int(given)
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            raise Trouble(f"Port {port} is open to root alone: start with PORT={DEFAULT_PORT} or another.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise Trouble(f"Port {port} is taken by another program: start with another, as in PORT=8001.") from None
    return port


def refuse_full_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise Trouble(f"The disk is full: {free // 2**20} MB are free for {folder}, and 200 MB are needed.")


def in_words(error: Trouble | OSError) -> str:
    if isinstance(error, Trouble):
        return str(error)
    if error.errno == errno.ENOSPC:
        return f"The disk is full, and {error.filename or 'a file'} could not be written."
    return f"{error.strerror or error}: {error.filename or 'no file named'}."


if __name__ == "__main__":
    sys.exit(main())
