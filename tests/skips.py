"""A pytest plugin: tests in a browser are skipped where there is none, and CI allows no skip at all."""

import os
import shutil
from collections.abc import Iterator

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STRICT = os.environ.get("CI") == "true" or os.environ.get("KUMQUAT_NO_SKIPS") == "1"
skipped: list[str] = []


def find_chromium() -> str | None:
    """The browser that CHROMIUM names, or one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The path of the browser, for Playwright's `executable_path`."""
    path = find_chromium()
    assert path, "only tests marked e2e may ask for a browser"
    yield path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_chromium():
        return
    reason = pytest.mark.skip(reason="no Chromium found: install it, or name one in CHROMIUM")
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(reason)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if STRICT and skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if STRICT and skipped:
        terminalreporter.section("skipped, and no test may be skipped here", red=True)
        for name in skipped:
            terminalreporter.line(name)
