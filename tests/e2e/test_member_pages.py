"""Members in a real browser: a passkey at their own door, and the dashboard's pages for programs."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import enter_as_member, sign_in
from tests.e2e.passkeys import virtual_authenticator
from tests.e2e.server import Server
from tests.e2e.test_accessible import follow
from tests.e2e.wordpress import PASSWORD, confirm, register

pytestmark = pytest.mark.e2e


def leave(page: Page) -> None:
    """By the menu of one's own account."""
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


@pytest.mark.product("doors-1", "core-2")
def test_a_member_makes_a_passkey_and_comes_in_by_it_without_name_and_password(
    open_page: Callable[..., Page], server: Server
) -> None:
    register(server, "brygge.example")
    confirm(server, "owner@brygge.example")
    page = open_page()
    virtual_authenticator(page)
    sign_in(page, "owner@brygge.example", PASSWORD)
    page.get_by_label(re.compile("I agree")).check()
    page.get_by_role("button", name="Agree and go on").click()
    page.wait_for_url("**/dashboard/")
    page.goto("/factor/?add=webauthn")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What do you call it?").fill("Laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Passkey or security key is set up")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    page.goto("/dashboard/account/")
    expect(page.get_by_text("Laptop", exact=True).first).to_be_visible()
    leave(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/dashboard/")

    leave(page)
    sign_in(page, "owner@brygge.example", PASSWORD)  # no door for a password alone any more
    expect(page.get_by_role("heading", name="Use your passkey")).to_be_visible()
    page.goto("/dashboard/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()


@pytest.mark.product("core-8", "api-3")
def test_a_token_is_shown_once_opens_what_it_may_and_nothing_once_it_is_revoked(
    open_page: Callable[..., Page], server: Server
) -> None:
    page = open_page()
    enter_as_member(page, server)
    page.get_by_role("link", name="API tokens").click()
    page.get_by_role("link", name="Make a token").first.click()
    page.get_by_label("Name", exact=True).fill("Intranet")
    follow(page, page.get_by_role("button", name="Make the token"))
    expect(page.get_by_text("Choose at least one thing that it may do.").first).to_be_visible()
    page.get_by_label("Read users", exact=True).check()
    follow(page, page.get_by_role("button", name="Make the token"))
    token = page.locator("#token").inner_text()

    def called(what: str) -> int:
        header = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{server.url}/api/v1/{what}", headers=header, timeout=30).status_code

    assert (called("users"), called("groups")) == (200, 403)
    page.get_by_role("link", name="Back to the tokens").click()
    assert token not in page.content()
    page.get_by_role("row").filter(has_text="Intranet").get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke the token").click()
    expect(page.get_by_role("row").filter(has_text="Intranet")).to_contain_text("Revoked")
    assert called("users") == 401


@pytest.mark.product("core-8", "hook-2")
def test_a_webhook_is_tried_from_its_page_which_tells_how_that_went(
    open_page: Callable[..., Page], server: Server
) -> None:
    page = open_page()
    enter_as_member(page, server)
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("link", name="Add a webhook").first.click()
    page.get_by_label("Name", exact=True).fill("Intranet")
    page.get_by_label("Address", exact=True).fill("https://127.0.0.1/events")
    follow(page, page.get_by_role("button", name="Add the webhook"))
    expect(page.get_by_text("that everybody can reach").first).to_be_visible()
    page.get_by_label("Address", exact=True).fill("https://nobody.invalid/events")
    follow(page, page.get_by_role("button", name="Add the webhook"))
    secret = page.locator("#webhook-secret").inner_text()
    assert secret.startswith("whsec_")
    page.get_by_role("link", name="To the webhook").click()
    assert secret not in page.content()

    page.get_by_role("button", name="Send a test event").click()
    row = page.get_by_role("row").filter(has_text="Test event")
    expect(row).to_have_count(1)
    for _ in range(30):
        page.reload()
        if "next try" in row.inner_text():
            break
    expect(row).to_contain_text("next try")
    row.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("It is sent once more.")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Send a test event")).to_be_disabled()
    page.get_by_role("link", name="Delete Intranet").click()
    page.get_by_role("button", name="Delete Intranet").click()
    expect(page.get_by_text("Intranet is deleted.")).to_be_visible()


def test_a_double_click_sends_a_form_once_and_back_asks_nothing(open_page: Callable[..., Page], server: Server) -> None:
    page = open_page()
    enter_as_member(page, server)
    page.goto("/dashboard/groups/add/")
    page.get_by_label("Name").fill("Night shift")
    page.get_by_role("main").get_by_role("button", name="Add").dblclick()
    page.wait_for_url("**/fill/")

    page.goto("/dashboard/groups/add/")
    page.get_by_label("Name").fill("Night shift")
    follow(page, page.get_by_role("main").get_by_role("button", name="Add"))
    expect(page.get_by_text("Another group has this name.").first).to_be_visible()
    page.get_by_label("Name").fill("Day shift")
    page.get_by_role("main").get_by_role("button", name="Add").click()
    page.wait_for_url("**/fill/")
    page.go_back()
    expect(page.get_by_role("heading", name="Add a group")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Add a group")).to_be_visible()
    expect(page.get_by_text("Another group has this name.")).to_have_count(0)
