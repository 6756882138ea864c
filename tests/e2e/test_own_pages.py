"""The persons' own pages in a real browser: their door, a passkey, the slow way back, and every page by axe-core."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import enter_as_member
from tests.e2e.passkeys import virtual_authenticator
from tests.e2e.server import Server
from tests.e2e.test_accessible import LOOKS, follow, read_in, violations
from tests.e2e.wordpress import Site, app_code, forget_steps

pytestmark = pytest.mark.e2e
DOOR = "/me/nordvik/"
PHONE = {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}


@pytest.fixture
def nordvik(server: Server) -> Site:
    """The demo's site, which can add people."""
    return Site(server, server.demo["customer_key"], server.demo["api_key"])


def somebody(server: Server) -> dict[str, Any]:
    """A person of the demo with an authenticator app."""
    found: dict[str, Any] = next(user for user in server.demo["users"] if user["totp_secret"])
    return found


def enter(page: Page, server: Server, name: str, secret: str) -> None:
    """By name and by the app's code."""
    forget_steps(server, name)
    page.goto(DOOR)
    page.get_by_label("Username").fill(name)
    page.get_by_role("button", name="Continue with your name").click()
    page.get_by_role("button", name="Authenticator app").click()
    page.get_by_label("Code", exact=True).fill(app_code(secret))
    page.get_by_role("button", name="Open my pages").click()
    expect(page.get_by_role("heading", name="How you prove it is you")).to_be_visible()


def set_up_app(page: Page) -> str:
    """On the page of the choice; the secret of the app that was set up."""
    page.get_by_role("link", name="Authenticator app").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("I cannot scan it").click()
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.get_by_label("Code", exact=True).fill(app_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Authenticator app is set up")).to_be_visible()
    return secret


@pytest.mark.product("me-1", "core-2", "enrol-3", "method-5")
def test_a_persons_own_door_opens_by_their_app_and_then_by_a_passkey_without_a_name(
    open_page: Callable[..., Page], server: Server
) -> None:
    nora = somebody(server)
    page = open_page()
    virtual_authenticator(page)
    enter(page, server, nora["username"], nora["totp_secret"])
    page.get_by_role("link", name="Add a way").click()
    page.get_by_role("link", name="Passkey or security key").click()
    expect(page.get_by_text("Your fingerprint or face stays on your device.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What do you call it?").fill("Laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Passkey or security key is set up")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("Laptop", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()

    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()

    expect(page.get_by_role("heading", name="How you prove it is you")).to_be_visible()
    expect(page.get_by_text("Laptop", exact=True).first).to_be_visible()


@pytest.mark.product("method-9")
def test_backup_codes_are_downloaded_and_one_opens_the_door_without_a_script(
    open_page: Callable[..., Page], server: Server
) -> None:
    nora = somebody(server)
    page = open_page(java_script_enabled=False, accept_downloads=True)
    enter(page, server, nora["username"], nora["totp_secret"])
    page.goto(f"{DOOR}add/?add=backup_code")
    page.get_by_role("button", name="Make my codes").click()
    shown = page.locator("#codes code").all_text_contents()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download").click()
    saved = saving.value.path().read_text()
    assert len(shown) == 10
    assert all(code in saved for code in shown)
    page.get_by_role("link", name="I have saved them").click()
    page.get_by_role("button", name="Sign out").first.click()

    page.get_by_label("Username").fill(nora["username"])
    page.get_by_role("button", name="Continue with your name").click()
    page.get_by_role("button", name="Backup codes").click()
    page.get_by_label("Code", exact=True).fill(shown[0].upper())
    page.get_by_role("button", name="Open my pages").click()

    expect(page.get_by_text("9 codes left")).to_be_visible()


@pytest.mark.product("me-5", "core-2")
def test_a_lost_phone_ends_in_a_new_one_slowly_and_by_the_help_desks_word(
    open_page: Callable[..., Page], server: Server, nordvik: Site, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name, email=name)
    page = open_page(**PHONE)
    page.goto(DOOR)
    page.get_by_role("link", name="I have lost access").click()
    page.get_by_label("Username").fill(name)
    page.get_by_role("button", name="Ask for a new beginning").click()
    expect(page.get_by_text("the wait of 24 hours has begun")).to_be_visible()
    notice = server.letter(to=name, saying="Call it off here")

    desk = open_page()
    enter_as_member(desk, server)
    desk.goto("/dashboard/recoveries/")
    assert violations(desk) == []
    follow(desk, desk.get_by_role("link", name=name).first)
    assert violations(desk) == []
    desk.get_by_label("Reason").fill("Came by with a passport")
    desk.get_by_role("button", name="approve").click()
    expect(desk.get_by_text("Approved, waits")).to_be_visible()
    assert not server.letters(to=name, saying="has approved your new beginning. Set up")

    # A day later
    server.sql(
        "UPDATE mfa_recovery SET ready_at = now() WHERE user_id = (SELECT id FROM accounts_user WHERE username = %s)",
        name,
    )
    page.goto(server.letter(to=name, saying="Set up a way to sign in with this link").link)
    secret = set_up_app(page)
    page.get_by_role("link", name="Continue").click()
    enter(page, server, name, secret)
    page.goto(notice.link)
    expect(page.get_by_text("It has ended already")).to_be_visible()


@pytest.mark.product("me-5")
def test_a_notice_calls_a_strangers_request_off(
    open_page: Callable[..., Page], server: Server, nordvik: Site, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name, email=name)
    stranger = open_page()
    stranger.goto(f"{DOOR}lost/")
    stranger.get_by_label("Username").fill(name)
    stranger.get_by_role("button", name="Ask for a new beginning").click()

    page = open_page()
    page.goto(server.letter(to=name, saying="Call it off here").link)
    page.get_by_role("button", name="call it off").click()

    expect(page.get_by_role("heading", name="It is called off")).to_be_visible()


@pytest.mark.product("enrol-2")
def test_a_help_desks_link_sets_up_an_app_once(
    open_page: Callable[..., Page], server: Server, nordvik: Site, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name, email=name)
    desk = open_page()
    enter_as_member(desk, server)
    [(public_id,)] = server.sql("SELECT public_id FROM accounts_user WHERE username = %s", name)
    desk.goto(f"/dashboard/users/{public_id}/")
    desk.get_by_role("link", name="Send enrolment link").click()
    desk.get_by_role("button", name="Send the link").click()

    page = open_page(**PHONE)
    link = server.letter(to=name, saying="so that you can set up a way to sign in").link
    page.goto(link)
    secret = set_up_app(page)
    page.get_by_role("link", name="Continue").click()
    enter(page, server, name, secret)
    page.goto(link)
    expect(page.get_by_role("heading", name="This link was used")).to_be_visible()


@pytest.mark.parametrize(("look", "language"), LOOKS)
@pytest.mark.product("core-5")
def test_every_page_of_the_person_is_for_everybody(
    open_page: Callable[..., Page], server: Server, look: dict[str, Any], language: str
) -> None:
    nora = somebody(server)
    page = open_page(**look)
    page.goto(DOOR)
    wrong = violations(page)
    page.get_by_label("Username").fill(nora["username"])
    follow(page, page.get_by_role("button", name="Continue with your name"))
    wrong += violations(page)
    follow(page, page.get_by_role("button", name="Authenticator app"))
    page.get_by_label("Code", exact=True).fill("000000")
    follow(page, page.get_by_role("button", name="Open my pages"))
    wrong += violations(page)
    enter(page, server, nora["username"], nora["totp_secret"])
    key = page.get_by_role("link", name="Change Authenticator app").get_attribute("href") or ""
    read_in(page, language)
    methods = ("totp", "hotp", "webauthn", "sms_code", "voice_code", "email_code", "email_link", "kba", "backup_code")
    paths = ["", "sign-ins/", "phone/", "again/", "lost/", "add/", *(f"add/?add={method}" for method in methods)]
    for path in [*(f"{DOOR}{path}" for path in paths), key, f"{key}suspend/", f"{key}remove/"]:
        page.goto(path)
        wrong += violations(page)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append(f"{path} is wider than the window")
    for method in ("totp", "webauthn", "backup_code"):
        page.goto(f"{DOOR}add/?add={method}")
        follow(page, page.locator("main form button.btn--primary"))
        wrong += violations(page)
    page.goto(f"{DOOR}sign-ins/")
    follow(page, page.locator('main a[href*="/not-me/"]').first)
    wrong += violations(page)

    assert wrong == []
