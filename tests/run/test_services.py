"""Tests of the embedded PostgreSQL and Valkey, with real ones."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.run import services
from config.run.children import Child
from config.run.console import Console, Trouble
from tests.run.waiting import ended, until


class Pair(NamedTuple):
    """Where the two answer."""

    database_url: str
    redis_url: str


@contextmanager
def running(folder: Path) -> Iterator[tuple[Pair, list[Child]]]:
    """A pair as `make run` has it, on data that last."""
    with (folder / "log").open("a") as log:
        parts = services.prepare(folder)
        children = [Child(part, Console(log)) for part in parts]
        try:
            until(lambda: all(part.ready() for part in parts if part.ready))
            addresses = services.addresses(folder)
            yield Pair(addresses["DATABASE_URL"], addresses["REDIS_URL"]), children
        finally:
            for child in reversed(children):
                child.stop()
            services.tidy(folder)


def write_down(pair: Pair) -> None:
    with psycopg.connect(pair.database_url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    redis.Redis.from_url(pair.redis_url).set("note", "kept")


def read_back(pair: Pair) -> tuple[str, object]:
    with psycopg.connect(pair.database_url) as connection:
        row = connection.execute("SELECT text FROM note").fetchone()
    assert row
    return row[0], redis.Redis.from_url(pair.redis_url).get("note")


def processes_in(folder: Path) -> list[str]:
    """The programs that stand somewhere under the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(entry / "cwd")).is_relative_to(folder) and not ended(int(entry.name)):
                found.append((entry / "comm").read_text().strip())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


@pytest.mark.parametrize("name", ["short", "a name with spaces", "long-" * 20], ids=["short", "spaces", "long"])
def test_the_pair_starts_in_any_folder_and_keeps_its_data(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    with running(folder) as (pair, _):
        write_down(pair)
    with running(folder) as (pair, _):
        assert read_back(pair) == ("kept", b"kept")

    assert processes_in(folder) == []


@pytest.mark.product("start-4")
def test_a_second_start_makes_no_new_database(tmp_path, monkeypatch):
    made = []
    make = services._make_cluster
    monkeypatch.setattr(services, "_make_cluster", lambda *given: (made.append(given), make(*given)))

    services.prepare(tmp_path, lasting=True)
    assert len(made) == 1
    services.prepare(tmp_path, lasting=True)
    assert len(made) == 1


@pytest.mark.promise("R5")
def test_a_killed_postgresql_comes_back_with_its_data(tmp_path):
    with running(tmp_path) as (pair, children):
        write_down(pair)
        os.kill(children[0].pid, signal.SIGKILL)
        children[0].stop()
        os.kill(children[1].pid, signal.SIGKILL)
        children[1].stop()
    with running(tmp_path) as (pair, _):
        assert read_back(pair)[0] == "kept"


def test_a_pid_file_that_names_a_stranger_is_forgotten(tmp_path):
    with running(tmp_path):
        pass
    left = tmp_path / "pg" / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{tmp_path / 'pg'}\n")

    with running(tmp_path) as (pair, _), psycopg.connect(pair.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_postgresql_left_by_an_earlier_run_is_stopped_first(tmp_path):
    with running(tmp_path) as (_, children):
        services.clear_the_way(tmp_path / "pg" / "postmaster.pid", "postgres", tmp_path / "pg")

        assert children[0].poll() is not None or ended(children[0].pid)


def test_a_start_cut_short_is_begun_anew(tmp_path):
    (tmp_path / "pg.unfinished").mkdir()
    (tmp_path / "pg.unfinished" / "PG_VERSION").write_text("18\n")

    with running(tmp_path) as (pair, _):
        write_down(pair)


def test_data_of_another_postgresql_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("16\n")

    with pytest.raises(Trouble, match="made by PostgreSQL 16 and this is 18"):
        services.prepare(tmp_path)


def test_only_the_owner_can_reach_the_pair(tmp_path):
    with running(tmp_path) as (pair, _):
        sockets = services.socket_folder(tmp_path)
        reachable = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "pg", sockets)}
        secret = (tmp_path / "valkey" / "valkey.conf").stat().st_mode & 0o077
        socket_path = pair.redis_url.partition("@")[2].partition("?")[0]

        assert set(reachable.values()) == {0}
        assert secret == 0
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(unix_socket_path=socket_path, retry=Retry(NoBackoff(), 0)).ping()


@pytest.fixture
def root_without_namespaces(monkeypatch):
    """As root in a container that forbids user namespaces; returns what is given to nobody."""
    given = []
    monkeypatch.setattr(services.os, "geteuid", lambda: 0)
    monkeypatch.setattr(services.os, "chown", lambda path, user, *_, **__: given.append((path.name, user)))
    monkeypatch.setattr(services, "_may_map_users", lambda: False)
    return given


def test_root_becomes_nobody_where_namespaces_are_forbidden(tmp_path, monkeypatch, root_without_namespaces):
    (tmp_path / "PG_VERSION").touch()
    monkeypatch.setattr(services.subprocess, "run", lambda argv, **_: subprocess.CompletedProcess(argv, 0))

    prefix = services.unprivileged(tmp_path)

    assert prefix[:3] == ["setpriv", "--reuid", "65534"]
    assert prefix[-3:] == ["--pdeathsig", "INT", "--"]
    assert root_without_namespaces == [(tmp_path.name, 65534), ("PG_VERSION", 65534)]


def test_root_is_told_when_nobody_may_reach_the_data(tmp_path, monkeypatch, root_without_namespaces):
    monkeypatch.setattr(services.subprocess, "run", lambda argv, **_: subprocess.CompletedProcess(argv, 1))

    with pytest.raises(Trouble, match="refuses to run as root and nobody else may reach"):
        services.unprivileged(tmp_path)


def test_sockets_of_a_long_path_lie_in_a_private_folder_that_goes_with_them(tmp_path, monkeypatch):
    monkeypatch.setattr(services.tempfile, "tempdir", str(tmp_path / ("deep" * 30)))
    folder = tmp_path / ("long" * 30)

    sockets = services.socket_folder(folder)

    assert str(sockets).startswith("/tmp/kumquat-")
    assert sockets.stat().st_mode & 0o777 == 0o700
    services.tidy(folder)
    assert not sockets.exists()


def test_a_killed_test_run_leaves_nothing_running(tmp_path):
    argv = [sys.executable, "-m", "tests.services", sys.executable, "-uc", "import time; print('up'); time.sleep(1000)"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    env.pop("PYTEST_XDIST_WORKER", None)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env, start_new_session=True) as process:
        try:
            read_line(process.stdout)
            assert {"postgres", "valkey-server"} <= set(processes_in(tmp_path))
            process.kill()
            process.wait()

            until(lambda: processes_in(tmp_path) == [])
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            for folder in tmp_path.glob("kumquat-tests-*"):
                services.tidy(folder)


def read_line(stream: IO[str] | None) -> None:
    assert stream
    assert stream.readline() == "up\n"
