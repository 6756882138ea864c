"""Tests of the set-up: it must tell what is missing, on any Python 3, before anything is installed."""

import ast
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config.run import bootstrap

SOURCE = Path(bootstrap.__file__)
usage = namedtuple("usage", "total used free")


@pytest.mark.product("start-3")
def test_an_old_python_is_told_that_it_is_too_old():
    pretend = f"import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path({str(SOURCE)!r})"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("Kumquat needs Python 3.11 or newer and this is 3.9")
    assert len(done.stderr.splitlines()) == 1


def test_the_set_up_parses_on_the_oldest_python_3():
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 4))

    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, newer)] == []


def test_nothing_that_is_missing_is_imported_before_the_version_is_judged():
    first = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.Import | ast.If)][:2]

    assert [type(node) for node in first] == [ast.Import, ast.If]
    assert ast.unparse(first[0]) == "import sys"


def test_a_missing_venv_module_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(bootstrap.Trouble, match="venv module is missing"):
        bootstrap.make_environment(tmp_path)


@pytest.mark.promise("R7")
def test_a_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 2**20, 2**20))

    with pytest.raises(bootstrap.Trouble, match="the disk is full: 1 MB are free"):
        bootstrap.set_up(tmp_path / "venv", [bootstrap.ROOT / "requirements.txt"])
    assert [path.name for path in (tmp_path / "venv").iterdir()] == ["lock"]


def test_an_unreachable_registry_is_told_in_a_sentence(tmp_path, monkeypatch):
    """Real pip against a port where nobody listens, in an environment that has no uv yet."""
    monkeypatch.setattr(bootstrap, "PIP_OPTIONS", ["--target", str(tmp_path), "--retries", "0"])
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    with pytest.raises(bootstrap.Trouble, match="registry cannot be reached"):
        bootstrap.have_uv(Path(sys.executable))


@pytest.mark.product("start-4")
def test_an_environment_is_installed_once_until_its_lock_changes(tmp_path, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.write_text("one==1\n")
    venv = tmp_path / "venv"
    installed = []
    monkeypatch.setattr(bootstrap, "runs", lambda _: True)
    monkeypatch.setattr(bootstrap, "install", lambda _, locks: installed.append([one.read_text() for one in locks]))

    bootstrap.set_up(venv, [lock])
    bootstrap.set_up(venv, [lock])
    lock.write_text("one==2\n")
    bootstrap.set_up(venv, [lock])

    assert installed == [["one==1\n"], ["one==2\n"]]
