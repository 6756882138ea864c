"""Every page by axe-core's rules: wide and narrow, light and dark, in both languages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.e2e.browsing import enter_as_member, enter_as_staff
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e
AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
LOOKS = [
    pytest.param(
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}, language, id=f"{scheme} {language}"
    )
    for width, scheme, language in (
        *((1280, "light", "en"), (390, "dark", "en")),
        *((390, "light", "nb"), (1280, "dark", "nb")),
    )
]
OPEN_TO_ALL = (
    *("/", "/about/", "/terms/", "/data-processing/", "/privacy/", "/register/", "/sign-in/", "/forgotten/"),
    *("/privacy/changes/", "/who/nordvik/"),
    *("/demo/", "/demo/mailbox/", "/no-such-page/", "/api/v1/docs/", "/api/v1/docs/transactions/"),
)
DASHBOARD = (
    *("/dashboard/", "/dashboard/users/", "/dashboard/users/add/", "/dashboard/sign-ins/", "/dashboard/messages/"),
    *(
        "/dashboard/sites/",
        "/dashboard/sites/add/",
        "/dashboard/limits/",
        "/dashboard/tokens/",
        "/dashboard/tokens/make/",
        "/dashboard/webhooks/",
        "/dashboard/webhooks/add/",
        "/dashboard/recoveries/",
        "/dashboard/team/",
        "/dashboard/team/invite/",
    ),
    *(
        "/dashboard/audit/",
        "/dashboard/settings/",
        "/dashboard/settings/close/",
        "/dashboard/groups/add/",
        "/dashboard/policies/",
        "/dashboard/policies/scope/",
        "/dashboard/policies/foresee/?user=nora@nordvik.example",
        "/dashboard/support/",
    ),
    *(
        "/dashboard/support/ask/",
        "/dashboard/account/",
        "/dashboard/account/password/",
        "/factor/",
        "/factor/?add=webauthn",
        "/dashboard/groups/",
    ),
    *("/dashboard/terms/", "/dashboard/terms/edit/", "/dashboard/data/", "/dashboard/data/record/"),
)
# Pages about one thing: the list, and what the address of the first such thing begins with
OF_ONE = (
    ("/dashboard/users/", "/dashboard/users/"),
    ("/dashboard/sign-ins/", "/dashboard/sign-ins/"),
    ("/dashboard/sites/", "/dashboard/sites/"),
    ("/dashboard/audit/", "/dashboard/audit/"),
    ("/dashboard/support/", "/dashboard/support/"),
)
STAFF = (
    *("/staff/", "/staff/accounts/customer/", "/staff/accounts/user/", "/staff/accounts/message/"),
    *("/staff/accounts/ticket/", "/staff/accounts/auditrecord/", "/staff/mfa/transaction/"),
)


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, in a line each."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} in all)" for one in found]


def follow(page: Page, what: Locator) -> None:
    """Click what leads to another page, and wait until it stands: rules run on a page that goes away find nothing."""
    with page.expect_navigation(wait_until="load"):
        what.click()


def read_in(page: Page, language: str) -> None:
    """Show this window every page in a language from now on, as its own choice would."""
    page.context.add_cookies([{"name": "language", "value": language, "domain": "localhost", "path": "/"}])


def walk(page: Page, paths: tuple[str, ...]) -> list[str]:
    """What is wrong with these pages."""
    wrong = []
    for path in paths:
        page.goto(path)
        wrong += violations(page)
        if not page.locator("aside.demo").is_visible():
            wrong.append(f"{path} does not say that this is a demo")
    return wrong


def test_the_rules_find_what_is_wrong(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/about/")
    page.evaluate("document.body.append(document.createElement('input'))")

    assert any(": label: <input>" in found for found in violations(page))


@pytest.mark.parametrize(("look", "language"), LOOKS)
@pytest.mark.product("core-5")
def test_pages_that_are_open_to_all(open_page: Callable[..., Page], look: dict[str, Any], language: str) -> None:
    page = open_page(**look)
    read_in(page, language)

    assert walk(page, OPEN_TO_ALL) == []
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.product("customer-19")
@pytest.mark.parametrize(("look", "language"), LOOKS)
@pytest.mark.product("core-5")
def test_the_dashboard(open_page: Callable[..., Page], server: Server, look: dict[str, Any], language: str) -> None:
    page = open_page(**look)
    enter_as_member(page, server)
    read_in(page, language)
    wrong = walk(page, DASHBOARD)
    for listed, start in OF_ONE:
        page.goto(listed)
        link = page.locator(f'main a[href^="{start}"]').filter(visible=True)
        addresses = [one.get_attribute("href") or "" for one in link.all()]
        of_one = [address for address in addresses if len(address) > len(start) + 20 and "?" not in address]
        assert of_one, f"{listed} lists nothing"
        wrong += walk(page, (of_one[0],))

    assert wrong == []


@pytest.mark.parametrize(("look", "language"), LOOKS)
@pytest.mark.product("core-5")
def test_the_staffs_pages(open_page: Callable[..., Page], server: Server, look: dict[str, Any], language: str) -> None:
    page = open_page(**look)
    enter_as_staff(page, server)
    read_in(page, language)

    assert walk(page, STAFF) == []
