"""Tests of how `make run` begins: what it makes for itself, and what it refuses in a sentence."""

import fcntl
import io
import os
import socket
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections import namedtuple
from pathlib import Path

import pytest

from config.run import __main__ as start
from config.run import environment, parts, services
from config.run import folder as var
from config.run.children import Part
from config.run.console import Console, Trouble
from config.run.supervisor import Supervisor


def run_kumquat(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "KUMQUAT_VAR": str(folder), **env}
    return subprocess.run([sys.executable, "-m", "config.run"], env=given, capture_output=True, text=True, check=False)


def test_a_second_start_on_the_same_folder_is_refused_in_a_sentence(tmp_path):
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_kumquat(tmp_path)

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Kumquat has stopped: Another Kumquat runs on {tmp_path}: "
        "stop it, or start this one with KUMQUAT_VAR= and PORT= of its own."
    )


@pytest.mark.product("start-3")
def test_a_taken_port_is_told_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_kumquat(tmp_path, PORT=str(port))

    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"Kumquat has stopped: Port {port} is taken by another program")
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "８０"])
def test_a_port_that_is_no_number_of_a_port_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Trouble, match="is no port"):
        environment.read_port()


@pytest.mark.product("start-3")
@pytest.mark.promise("R7")
def test_a_full_disk_is_told_in_a_sentence(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 5 * 2**20, 5 * 2**20))

    with pytest.raises(Trouble, match="The disk is full: 5 MB are free"):
        start.refuse_full_disk(tmp_path)


def test_one_service_of_the_two_is_not_enough(tmp_path):
    done = run_kumquat(tmp_path, PORT=str(free_port()), REDIS_URL="")

    assert done.returncode == 1
    assert "DATABASE_URL is set without the other" in done.stderr


def test_services_may_be_named_in_files(tmp_path, monkeypatch):
    for name in environment.ADDRESSES:
        monkeypatch.delenv(name)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
        (tmp_path / name).write_text(f"{name.lower()}\n")

    assert environment.brings_services()
    assert environment.database_url(environment.build(tmp_path)) == "database_url"


def test_a_demo_is_the_default_and_can_be_turned_off(tmp_path, monkeypatch):
    monkeypatch.delenv("DEMO")
    assert environment.build(tmp_path)["DEMO"] == "1"

    monkeypatch.setenv("DEMO", "false")
    assert environment.build(tmp_path)["DEMO"] == "0"


def test_manage_speaks_to_the_server_that_runs_on_the_folder(tmp_path):
    argv = [sys.executable, "-m", "config.run.manage", "shell", "-v0", "-c"]
    argv += ["from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['host'])"]
    env = {name: value for name, value in os.environ.items() if name not in environment.ADDRESSES}
    env["KUMQUAT_VAR"] = str(tmp_path)
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == str(services.socket_folder(tmp_path)), done.stderr


@pytest.mark.product("start-5")
def test_the_first_start_makes_keys_that_only_the_owner_reads(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS"):
        monkeypatch.delenv(name)
    named = var.provide_keys(tmp_path)
    secret, encryption = Path(named["SECRET_KEY_FILE"]), Path(named["ENCRYPTION_KEYS_FILE"])
    texts = [secret.read_text(), encryption.read_text()]

    assert [path.stat().st_mode & 0o777 for path in (secret, encryption)] == [0o600, 0o600]
    assert len(texts[0].strip()) >= 50
    assert len(urlsafe_b64decode(texts[1].strip().removeprefix("k1:"))) == 32
    var.provide_keys(tmp_path)
    assert [secret.read_text(), encryption.read_text()] == texts


def test_keys_that_the_environment_gives_are_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("ENCRYPTION_KEYS_FILE", "/run/secrets/keys")
    monkeypatch.delenv("ENCRYPTION_KEYS")

    assert var.provide_keys(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.product("start-4")
def test_preparing_is_skipped_until_something_changes(tmp_path):
    def stamp(url: str = "http://localhost:8000") -> parts.Stamp:
        return parts.Stamp(tmp_path, url)

    assert not stamp().is_fresh("accounts.0001")
    stamp().renew("accounts.0001")

    assert stamp().is_fresh("accounts.0001")
    assert not stamp().is_fresh(""), "a database restored from a backup"
    assert not stamp("http://localhost:9000").is_fresh("accounts.0001"), "another address"


class Recorder(Supervisor):
    """Notes what it was to run, and runs nothing."""

    def __init__(self) -> None:
        super().__init__(Console(io.StringIO()))
        self.ran: list[str] = []

    def run(self, job: Part) -> None:
        self.ran.append(job.name)


@pytest.mark.product("start-4")
def test_a_second_start_migrates_gathers_and_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(services, "applied_migrations", lambda _database: "accounts.0001")
    env = {"DEMO": "1", "DATABASE_URL": "postgresql://it", "PUBLIC_URL": "http://localhost:8000"}

    def prepared(**changed: str) -> list[str]:
        seen = Recorder()
        start.prepare(seen, Console(io.StringIO()), tmp_path, env | changed)
        return seen.ran

    assert prepared() == ["migrate", "static", "demo"]
    (tmp_path / "static").mkdir()
    (tmp_path / "demo.json").write_text("{}")

    assert prepared() == []
    assert prepared(PUBLIC_URL="http://localhost:9000") == ["migrate", "static", "demo"]
    (tmp_path / "demo.json").unlink()
    assert prepared(PUBLIC_URL="http://localhost:9000") == ["migrate", "static", "demo"]


def test_an_empty_database_has_seen_no_migration():
    assert services.applied_migrations(os.environ["DATABASE_URL"]) == ""


def test_a_port_where_nobody_listens_does_not_answer():
    assert not parts.answers(free_port(), "localhost")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
