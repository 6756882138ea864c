"""`python -m config.run`: Kumquat and all it needs, side by side, until Ctrl-C."""

import errno
import json
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from config.run import environment, parts, services
from config.run import folder as var
from config.run.children import follow_parent
from config.run.console import Console, Trouble
from config.run.supervisor import Supervisor

LEAST_FREE = 200 * 1024 * 1024


def main() -> int:
    """Run until told to stop: 0 after Ctrl-C or SIGTERM, 1 with a sentence when something is wrong."""
    if "--with-parent" in sys.argv:  # a killed `make` tells its children nothing
        follow_parent(signal.SIGTERM)
    console = Console()
    try:
        folder = var.locate()
        with var.claim(folder):  # held until the last part has stopped
            try:
                with Supervisor(console) as supervisor:
                    run(supervisor, console, folder)
            finally:
                services.tidy(folder)
    except (Trouble, OSError) as error:
        sys.stdout.flush()
        print(f"\nKumquat has stopped: {in_words(error)}", file=sys.stderr)
        return 1
    console.say("Kumquat has stopped.")
    return 0


def run(supervisor: Supervisor, console: Console, folder: Path) -> None:
    began = time.monotonic()
    refuse_full_disk(folder)
    own_services = not environment.brings_services()
    env = environment.build(folder)
    if "--services" not in sys.argv:
        refuse_taken_port(int(env["PORT"]))
    if own_services:
        if not (folder / "pg").exists():
            console.say(f"Making a database in {folder} ...")
        supervisor.start(services.prepare(folder))
    if "--services" in sys.argv:
        console.say(f"\nPostgreSQL and Valkey run. The database is {environment.database_url(env)}\n")
        supervisor.watch()
    else:
        serve(supervisor, console, folder, env, began)
    console.say("\nStopping.")


def serve(supervisor: Supervisor, console: Console, folder: Path, env: dict[str, str], began: float) -> None:
    prepare(supervisor, console, folder, env)
    port, host = int(env["PORT"]), urlsplit(env["PUBLIC_URL"]).netloc
    supervisor.start([parts.web(port, host, env)])  # first and alone: each part takes a processor for seconds
    supervisor.start(parts.workers(folder, env), beside=True)
    if not supervisor.stopping:
        greet(console, folder, env, time.monotonic() - began)
    supervisor.watch(lambda: parts.silence(port, host))


def prepare(supervisor: Supervisor, console: Console, folder: Path, env: dict[str, str]) -> None:
    """Bring the database, the static files and the demo set up to date.

    A demo skips it when nothing has changed since the last start. In production `migrate` runs always, for it first
    checks the settings, and refuses them in words.
    """
    database = environment.database_url(env)
    stamp = parts.Stamp(folder, database, *(env.get(name, "") for name in ("REDIS_URL", "PUBLIC_URL", "DEMO")))
    demo = env["DEMO"] == "1"
    made = all((folder / name).exists() for name in ("static", "demo.json"))
    if demo and made and stamp.is_fresh(services.applied_migrations(database)):
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
    stamp.renew(services.applied_migrations(database))


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
        console.say(f"  Their codes, and every message that would have been sent: {url}/demo/")
    console.say()


def refuse_taken_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            raise Trouble(f"Port {port} is open to root alone: start with a higher one, as in PORT=8000.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise Trouble(f"Port {port} is taken by another program: start with another, as in PORT=8001.") from None


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
