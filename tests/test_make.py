"""What a maintainer's commands cover: `make check` every check that CI makes, and no test is passed over unseen."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()
# Each check that `make check` promises, and the words in its recipe that do the work
CHECKS = {
    "format": "ruff format --check",
    "lint": "ruff check",
    "types": "mypy",
    "contracts": "lint-imports",
    "templates": "djade --check",
    "translations": "tests/test_translations.py",
    "system": "manage.py check --fail-level WARNING",  # the data map among them
    "migrations": "makemigrations --check",
    "map-check": "tests/test_architecture.py",
    "schema-check": "spectacular --validate --fail-on-warn | diff",
}
IN_A_BROWSER = """
import pytest

@pytest.mark.e2e
def test_a_page(chromium):
    assert chromium
"""


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, f"no target {target}"
    return found[1]


@pytest.mark.product("start-11")
def test_make_check_runs_every_check():
    (needed,) = re.findall(r"^check: (.*?) ##", MAKEFILE, re.MULTILINE)

    assert set(needed.split()) == set(CHECKS)
    for target, words in CHECKS.items():
        assert words in recipe(target), target


@pytest.mark.product("start-11")
def test_ci_runs_the_checks_and_the_tests_by_the_same_commands():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines.index("make check") < lines.index("make test")
    assert "export CI=true KUMQUAT_NO_SKIPS=1" in lines
    assert "set -euo pipefail" in lines


def without_chromium(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A run of one test that needs a browser, where there is none."""
    (folder / "test_it.py").write_text(IN_A_BROWSER)
    # As pyproject.toml has it, but for the services that no such test needs
    argv = [sys.executable, "-m", "pytest", f"--config-file={ROOT / 'pyproject.toml'}", "--rootdir", str(folder)]
    argv += ["-o", "addopts=-p tests.skips -p no:cacheprovider -rs"]
    env = {name: value for name, value in os.environ.items() if name not in {"CHROMIUM", "CI", "KUMQUAT_NO_SKIPS"}}
    env |= {"PATH": str(folder), **settings}
    return subprocess.run([*argv, str(folder)], cwd=ROOT, env=env, text=True, capture_output=True, check=False)


@pytest.mark.product("start-12")
def test_without_a_browser_its_tests_are_listed_as_skipped_with_the_reason(tmp_path):
    run = without_chromium(tmp_path)

    assert '"-p", "tests.skips"' in PYPROJECT
    assert '"-rs"' in PYPROJECT
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"SKIPPED \[1\] \S*test_it.py:\d+: no Chromium found: install it", run.stdout), run.stdout


@pytest.mark.product("start-12")
def test_ci_fails_where_a_test_was_skipped(tmp_path):
    run = without_chromium(tmp_path, KUMQUAT_NO_SKIPS="1")

    assert run.returncode != 0
    assert "no test may be skipped here" in run.stdout
