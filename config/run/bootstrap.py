"""Sets up .venv from the pinned requirements; runs on the system's Python with its standard library alone."""

# This file must parse on any Python 3, so that an old one can say that it is too old.
import sys

NEEDED = (3, 11)
if sys.version_info < NEEDED:
    sys.exit(
        "Kumquat needs Python %d.%d or newer and this is %d.%d: start it as `make PYTHON=/path/to/a/newer/python3 run`."
        % (NEEDED + sys.version_info[:2])
    )

import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM_NEEDED = 900 * 1024 * 1024
PIP_OPTIONS = ["--quiet", "--disable-pip-version-check", "--retries", "2"]
UNREACHABLE = ("NewConnectionError", "ConnectTimeout", "NameResolutionError", "Could not find a version", "ProxyError")


class Trouble(Exception):
    """Something the person at the terminal can mend; the message is one sentence for them."""


def main():
    # type: () -> int
    locks = [ROOT / "requirements.txt"]
    if "--dev" in sys.argv:
        locks.append(ROOT / "requirements-dev.txt")
    try:
        set_up(Path(os.environ.get("KUMQUAT_VENV") or ROOT / ".venv"), locks)
    except Trouble as trouble:
        print("\nKumquat cannot start: {}".format(trouble), file=sys.stderr)
        return 1
    except OSError as error:
        print("\nKumquat cannot start: {}".format(in_words(error)), file=sys.stderr)
        return 1
    return 0


def set_up(venv, locks):
    # type: (Path, list[Path]) -> None
    """Make the environment hold what the locks name; nothing to do when it does already."""
    venv.mkdir(parents=True, exist_ok=True)
    with (venv / "lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)  # `make run` and `make test` may start side by side
        missing = [lock for lock in locks if not is_installed(venv, lock)]
        if not missing:
            return
        began = time.monotonic()
        refuse_full_disk(venv)
        python = venv / "bin" / "python"
        if not runs(python):
            make_environment(venv)
        print("Installing what {} pins ...".format(" and ".join(lock.name for lock in missing)), flush=True)
        install(python, missing)
        for lock in missing:
            stamp(venv, lock).write_text(digest(venv, lock))
        print("Installed in {:.0f} s.".format(time.monotonic() - began), flush=True)


def stamp(venv, lock):
    # type: (Path, Path) -> Path
    return venv / "{}.installed".format(lock.stem)


def digest(venv, lock):
    # type: (Path, Path) -> str
    """Changes with the lock, with this Python, and with the place of an environment, which cannot be moved."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode() + str(venv).encode()).hexdigest()


def is_installed(venv, lock):
    # type: (Path, Path) -> bool
    made = stamp(venv, lock)
    return made.exists() and made.read_text() == digest(venv, lock)


def refuse_full_disk(venv):
    # type: (Path) -> None
    free = shutil.disk_usage(str(venv)).free
    if free < ROOM_NEEDED:
        raise Trouble(
            "the disk is full: {} MB are free for {}, and {} MB are needed.".format(
                free // 2**20, venv, ROOM_NEEDED // 2**20
            )
        )


def runs(python):
    # type: (Path) -> bool
    """Whether the environment is there, has pip, and was made by this Python."""
    if not python.exists():
        return False
    asked = [str(python), "-c", "import pip, sys; print(sys.version)"]
    done = subprocess.run(
        asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, check=False
    )
    return done.returncode == 0 and done.stdout.strip() == sys.version


def make_environment(venv):
    # type: (Path) -> None
    if importlib.util.find_spec("ensurepip") is None:
        raise Trouble("Python's venv module is missing: install it (on Debian, `apt install python3-venv`).")
    print("Making {} with Python {}.{} ...".format(venv, *sys.version_info[:2]), flush=True)
    for old in venv.iterdir():
        if old.name != "lock":
            shutil.rmtree(str(old)) if old.is_dir() and not old.is_symlink() else old.unlink()
    done = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False)
    if done.returncode:
        raise Trouble("Python could not make a virtual environment in {}; the lines above say why.".format(venv))


def install(python, locks):
    # type: (Path, list[Path]) -> None
    """With uv, which takes seconds; with pip when there is no uv for this machine or it does not get through."""
    options = ["--require-hashes"]
    for lock in locks:
        options += ["-r", str(lock)]
    if have_uv(python):
        uv = [str(python.with_name("uv")), "pip", "install", "--python", str(python)]
        # As pip does: a firm's own registry has a firm's certificate
        trusting = dict(os.environ, UV_SYSTEM_CERTS="true")
        if subprocess.run(uv + options, check=False, env=trusting).returncode == 0:
            return
        refuse_full_disk(python.parent)
        print("uv did not manage; trying pip, which takes longer ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "on"]
    if subprocess.run(pip + options, check=False).returncode:
        refuse_full_disk(python.parent)
        raise Trouble("the packages could not be installed; the lines above say why.")


def have_uv(python):
    # type: (Path) -> bool
    """Install uv, pinned, if it is not there; Trouble when the registry cannot be reached at all."""
    pip = [str(python), "-m", "pip", "install", *PIP_OPTIONS]
    asked = [*pip, "--require-hashes", "-r", str(ROOT / "config" / "run" / "uv.txt")]
    done = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    if done.returncode and any(sign in done.stdout for sign in UNREACHABLE):
        raise Trouble("the package registry cannot be reached from this machine: is it online, or behind a proxy?")
    return done.returncode == 0


def in_words(error):
    # type: (OSError) -> str
    if error.errno == errno.ENOSPC:
        return "the disk is full."
    return "{}: {}.".format(error.strerror or error, error.filename or "no file named")


if __name__ == "__main__":
    sys.exit(main())
