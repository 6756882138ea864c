"""Each right over one's own data in a real browser: from the person's click on their pages to the end of it."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import enter_as_member
from tests.e2e.server import Server
from tests.e2e.test_accessible import follow, violations
from tests.e2e.test_own_pages import DOOR, enter, somebody
from tests.e2e.wordpress import app_code, forget_steps

pytestmark = pytest.mark.e2e
Windows = Callable[..., Page]


@pytest.fixture
def nora(open_page: Windows, server: Server) -> Page:
    """Somebody with an app, on the page of what can be asked."""
    person = somebody(server)
    page = open_page(accept_downloads=True)
    enter(page, server, person["username"], person["totp_secret"])
    page.get_by_role("link", name="Open Your data and your rights").click()
    expect(page.get_by_role("heading", name="What you can ask for")).to_be_visible()
    assert violations(page) == []
    return page


def ask(page: Page, what: str, **given: str) -> None:
    """Choose one of the kinds and send its form."""
    page.get_by_role("link", name=re.compile(f"^Ask ?: {what}")).click()
    assert violations(page) == []
    for label, text in given.items():
        page.locator(f"[name={label}]").fill(text)
    page.locator("main form .btn--primary").last.click()


def prove(page: Page, server: Server) -> None:
    """With the app, once more."""
    person = somebody(server)
    forget_steps(server, person["username"])
    expect(page.get_by_role("heading", name="Prove that it is you")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Authenticator app").click()
    page.get_by_label("Code", exact=True).fill(app_code(person["totp_secret"]))
    page.locator("main form .btn--primary").first.click()


def decide(open_page: Windows, server: Server, what: str, **given: str) -> Page:
    """The customer's owner opens the newest request and does one thing about it."""
    desk = open_page()
    enter_as_member(desk, server)
    desk.goto("/dashboard/requests/")
    assert violations(desk) == []
    follow(desk, desk.locator("tbody a").first)
    assert violations(desk) == []
    desk.locator("summary", has_text=what).click()
    opened = desk.locator("details[open]")
    for name, value in given.items():
        opened.locator(f"[name$='-{name}']").fill(value)
    opened.get_by_role("button", name=what).click()
    expect(desk.get_by_text("Done. The person sees it on their page.")).to_be_visible()
    return desk


def again_until(page: Page, link: str) -> None:
    """Look again until the worker has made what is waited for."""
    for _time in range(60):
        if page.get_by_role("link", name=link).is_visible():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"no link {link!r} after a minute")


@pytest.mark.requirement("R-66", "R-67", "R-42")
@pytest.mark.parametrize("what", ["Get a copy of my data", "Take my data elsewhere"])
def test_access_and_portability_end_in_a_copy_to_read_and_a_file(nora: Page, server: Server, what: str) -> None:
    ask(nora, what)
    prove(nora, server)
    again_until(nora, "Open your copy")
    nora.get_by_role("link", name="Open your copy").click()
    expect(nora.get_by_role("heading", name="Your copy")).to_be_visible()
    assert violations(nora) == []

    with nora.expect_download() as saving:
        nora.get_by_role("link", name="Save it as a file").click()

    told = json.loads(saving.value.path().read_text())
    assert told["person"] == somebody(server)["username"]
    assert told["tables"][0]["rows"][0]["username"] == told["person"]


@pytest.mark.requirement("R-63", "R-64")
def test_rectification_ends_in_the_new_value(nora: Page, server: Server, open_page: Windows) -> None:
    ask(nora, "Correct or complete something", proposed="Norunn")
    expect(nora.get_by_text("Waits for a decision")).to_be_visible()
    decide(open_page, server, "Grant it")

    nora.reload()

    expect(nora.get_by_text("Done", exact=True).first).to_be_visible()
    nora.goto(DOOR)
    expect(nora.get_by_role("heading", name="Norunn")).to_be_visible()


@pytest.mark.requirement("R-62")
def test_an_objection_ends_in_a_decision_with_its_reason(nora: Page, server: Server, open_page: Windows) -> None:
    ask(nora, "Object to a use of my data", text="No statistics about me.")
    decide(open_page, server, "Grant it", text="We have stopped that.")

    nora.reload()

    expect(nora.get_by_text("We have stopped that.")).to_be_visible()
    assert violations(nora) == []


@pytest.mark.requirement("R-44", "R-45")
def test_a_pause_takes_the_data_out_of_use_until_it_ends(nora: Page, server: Server, open_page: Windows) -> None:
    ask(nora, "Pause the use of my data", text="Until it is corrected.")
    prove(nora, server)
    expect(nora.get_by_text("Waits for a decision")).to_be_visible()
    tomorrow = str(server.sql("SELECT (now() + interval '3 days')::date::text")[0][0])
    desk = decide(open_page, server, "Grant it", until=tomorrow)
    nora.reload()
    expect(nora.get_by_label("Username")).to_be_visible()

    desk.locator("summary", has_text="End the pause now").click()
    desk.get_by_role("button", name="End the pause now").click()

    expect(desk.get_by_text("Done", exact=True).first).to_be_visible()
    person = somebody(server)
    enter(nora, server, person["username"], person["totp_secret"])


@pytest.mark.requirement("R-20", "R-54")
def test_a_consent_is_given_proven_and_taken_back_at_one_place(nora: Page) -> None:
    nora.get_by_role("button", name="Switch on").click()
    expect(nora.get_by_text("It is on. You can switch it off here at any time.")).to_be_visible()
    assert violations(nora) == []
    with nora.expect_download() as saving:
        nora.get_by_role("link", name="Receipt").first.click()
    assert "SHA-256" in saving.value.path().read_text()

    nora.get_by_role("button", name="Switch off").click()

    expect(nora.get_by_text("It is off.")).to_be_visible()
    expect(nora.get_by_role("button", name="Switch on")).to_be_visible()
