"""One running server for all end-to-end tests, and a site that uses it."""

import itertools
import json
from collections.abc import Callable, Generator, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.e2e.server import Server, running
from tests.e2e.wordpress import Site, confirm, register

numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist=loadgroup` they run in one process, so that one server is enough."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.xdist_group("e2e"))


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Notes what failed, for `open_page` to tell what stood on the pages then."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product in its demo, with its own PostgreSQL, Valkey, web server, workers and beat."""
    with running(tmp_path_factory.mktemp("kumquat")) as started:
        yield started


@pytest.fixture(scope="session")
def site(server: Server) -> Site:
    """A site whose owner, owner@shop.example, has registered through the plugin and confirmed the address."""
    made = register(server, "shop.example")
    confirm(server, "owner@shop.example")
    return made


POLICY = """
INSERT INTO mfa_policy (id, public_id, customer_id, rules, version, created_at)
SELECT gen_random_uuid(), 'policy-of-this-test-00', id, %s::jsonb, 1, now()
FROM accounts_customer WHERE name = 'Nordvik'
ON CONFLICT ON CONSTRAINT one_policy_a_scope DO UPDATE SET rules = excluded.rules
"""


@pytest.fixture
def policy(server: Server) -> Iterator[Callable[..., None]]:
    """Sets rules for the demo's customer, which go with the test: tests run in any order."""

    def publish(**rules: object) -> None:
        server.sql(POLICY, json.dumps(rules))

    yield publish
    server.sql("DELETE FROM mfa_policy WHERE public_id = 'policy-of-this-test-00'")


@pytest.fixture
def name() -> str:
    """A person nobody has met."""
    return f"person{next(numbers)}@shop.example"


@pytest.fixture
def phone() -> str:
    return f"+47910{next(numbers):02}000"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, for one module alone: as long as Playwright runs, Django takes this thread for an asynchronous one."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Makes a window of somebody's own. That no script failed and no rule of the page was broken is asserted."""
    heard: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            heard.append(message.text)

    def make(**options: object) -> Page:
        context = browser.new_context(base_url=server.url, locale="en-GB", **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: heard.append(str(error)))
        return page

    yield make
    for context in browser.contexts:
        if request.node.stash[FAILED]:
            for page in context.pages:
                print(page.url, page.inner_text("body"), sep="\n")  # noqa: T201 - pytest shows it with the failure
        context.close()
    assert heard == []
