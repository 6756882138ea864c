"""The prompt in a real browser, each time from a click on a site: app, passkey, mailed link, remembered browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.passkeys import virtual_authenticator
from tests.e2e.server import Server
from tests.e2e.shop import Shop, open_for
from tests.e2e.test_accessible import LOOKS, follow, read_in, violations
from tests.e2e.wordpress import Site, app_code, forget_steps

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Shop]:
    with open_for(server) as opened:
        yield opened


@pytest.fixture
def nordvik(server: Server) -> Site:
    """The demo's site, which can add people."""
    return Site(server, server.demo["customer_key"], server.demo["api_key"])


def arrive(page: Page, shop: Shop, name: str) -> None:
    page.goto(f"{shop.url}/?as={name}")
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/p/**")


def signed_in(page: Page) -> None:
    page.wait_for_url("**/callback**")
    expect(page.get_by_role("heading", name="Signed in", exact=True)).to_be_visible()


@pytest.mark.product("prompt-4", "prompt-8", "core-2")
def test_an_apps_code_leads_back_to_the_site(open_page: Callable[..., Page], server: Server, shop: Shop) -> None:
    page = open_page()
    mina = server.demo["prompt"]
    arrive(page, shop, mina["username"])
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("4 tries left")).to_be_visible()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()

    prompt = page.url
    forget_steps(server, mina["username"])
    page.get_by_label("Code", exact=True).fill(app_code(mina["totp_secret"]))
    page.get_by_role("button", name="Sign in").click()
    signed_in(page)
    page.goto(prompt)
    expect(page.get_by_text("You were signed in")).to_be_visible()


@pytest.mark.product("prompt-5")
def test_it_all_goes_without_a_script(open_page: Callable[..., Page], server: Server, shop: Shop) -> None:
    page = open_page(java_script_enabled=False)
    mina = server.demo["prompt"]
    arrive(page, shop, mina["username"])
    forget_steps(server, mina["username"])
    page.get_by_label("Code", exact=True).fill(app_code(mina["totp_secret"]))
    page.get_by_role("button", name="Sign in").click()
    signed_in(page)


@pytest.mark.product("core-2", "enrol-1", "method-5")
def test_a_passkey_is_made_at_the_first_visit_and_opens_the_next(
    open_page: Callable[..., Page], nordvik: Site, shop: Shop, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name.partition("@")[0])
    page = open_page()
    virtual_authenticator(page)
    arrive(page, shop, name.partition("@")[0])
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("link", name="Passkey or security key").or_(
        page.get_by_role("button", name="Passkey or security key")
    ).click()
    page.locator("main form button.btn--primary").click()
    page.locator("main form button.btn--primary").click()
    page.get_by_role("link", name="Continue").click()
    signed_in(page)

    arrive(page, shop, name.partition("@")[0])
    page.get_by_role("button", name="Use my passkey").click()
    signed_in(page)


def test_a_browser_without_passkeys_says_so_and_offers_the_rest(
    open_page: Callable[..., Page], server: Server, nordvik: Site, shop: Shop, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name, email=name)
    page = open_page()
    page.add_init_script("delete window.PublicKeyCredential")
    arrive(page, shop, name)
    expect(page.get_by_text("We sent a code to p•••@shop.example")).to_be_visible()
    page.get_by_text("Use another way").click()
    expect(page.get_by_role("button", name="Link by e-mail")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


@pytest.mark.product("core-2")
def test_a_mailed_link_is_allowed_elsewhere_and_the_waiting_page_goes_on_by_itself(
    open_page: Callable[..., Page], server: Server, nordvik: Site, shop: Shop, name: str
) -> None:
    nordvik.call("api/admin/users/create", username=name, email=name)
    page = open_page()
    arrive(page, shop, name)
    page.get_by_text("Use another way").click()
    page.get_by_role("button", name="Link by e-mail").click()
    expect(page.get_by_text("This page goes on by itself")).to_be_visible()
    assert violations(page) == []

    phone = open_page(viewport={"width": 390, "height": 800})
    link = server.letter(to=name, saying="/l/").link
    phone.goto(link)
    phone.get_by_role("button", name="Allow").click()
    expect(phone.get_by_role("heading", name="Allowed")).to_be_visible()
    signed_in(page)

    phone.goto(link)  # opened twice
    expect(phone.get_by_role("heading", name="This link was used")).to_be_visible()


def test_a_remembered_browser_is_not_asked_again(
    open_page: Callable[..., Page], server: Server, shop: Shop, policy: Callable[..., None]
) -> None:
    policy(remember_days=30)
    page, mina = open_page(), server.demo["prompt"]
    arrive(page, shop, mina["username"])
    forget_steps(server, mina["username"])
    page.get_by_label("Code", exact=True).fill(app_code(mina["totp_secret"]))
    page.get_by_label("Remember this browser for 30 days").check()
    page.get_by_role("button", name="Sign in").click()
    signed_in(page)

    page.goto(f"{shop.url}/?as={mina['username']}")
    page.get_by_role("link", name="Sign in").click()
    signed_in(page)

    other = open_page()
    arrive(other, shop, mina["username"])
    expect(other.get_by_label("Code", exact=True)).to_be_visible()


@pytest.mark.parametrize(("look", "language"), LOOKS)
@pytest.mark.product("core-5")
def test_every_page_of_the_prompt_is_for_everybody(
    open_page: Callable[..., Page],
    policy: Callable[..., None],
    nordvik: Site,
    shop: Shop,
    name: str,
    look: dict[str, Any],
    language: str,
) -> None:
    policy(remember_days=30, grace_skips=2)
    nordvik.call("api/admin/users/create", username=name, email=name)
    nordvik.call("api/admin/users/create", username=f"new-{name}")
    page = open_page(**look)
    read_in(page, language)
    wrong = []
    arrive(page, shop, name)
    page.locator("details.other > summary").click()
    wrong += violations(page)
    page.locator("input[name=code]").fill("000000")
    follow(page, page.locator("main form button.btn--primary"))
    wrong += violations(page)
    page.locator("details.other > summary").click()
    follow(page, page.locator('form[action$="/way/"] button[value="email_link"]'))
    wrong += violations(page)
    page.locator("details.other > summary").click()
    follow(page, page.locator('form[action$="/cancel/"] button'))
    wrong += violations(page)
    for who in (f"new-{name}", "nobody"):
        arrive(page, shop, who)
        wrong += violations(page)
    policy(add_unknown=False)
    arrive(page, shop, "nobody")
    wrong += violations(page)
    for path in ("/p/nothing/", "/oauth/v1/authorize"):
        page.goto(path)
        wrong += violations(page)

    assert wrong == []
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
