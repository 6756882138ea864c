"""Enrolment that can be put off, and a trusted browser that was copied: each from a click on a site."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.shop import Shop, open_for
from tests.e2e.test_prompt import arrive, signed_in
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


def set_up(page: Page) -> str:
    """What the prompt asks for at the first visit; the app's secret."""
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("I cannot scan it").click()
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.get_by_label("Code", exact=True).fill(app_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="Continue").click()
    signed_in(page)
    return secret


@pytest.mark.product("enrol-1", "core-2")
def test_enrolment_is_put_off_as_often_as_policy_allows_and_then_done(
    open_page: Callable[..., Page], server: Server, policy: Callable[..., None], nordvik: Site, shop: Shop, name: str
) -> None:
    policy(methods=["totp"], grace_skips=1)
    name = name.partition("@")[0]  # nobody with a mailbox, by which they would prove themselves first
    nordvik.call("api/admin/users/create", username=name)
    page = open_page()
    arrive(page, shop, name)
    page.get_by_role("button", name="Not now").click()
    signed_in(page)

    arrive(page, shop, name)
    expect(page.get_by_role("button", name="Not now")).to_have_count(0)
    secret = set_up(page)

    arrive(page, shop, name)
    forget_steps(server, name)
    page.get_by_label("Code", exact=True).fill(app_code(secret))
    page.get_by_role("button", name="Sign in").click()
    signed_in(page)


@pytest.mark.product("trust-1", "core-2")
def test_a_stolen_browser_gives_itself_away_and_its_owner_is_told(
    open_page: Callable[..., Page], server: Server, policy: Callable[..., None], nordvik: Site, shop: Shop, name: str
) -> None:
    policy(methods=["totp"], remember_days=30)
    mailbox, name = name, name.partition("@")[0]
    nordvik.call("api/admin/users/create", username=name)
    owner = open_page()
    arrive(owner, shop, name)
    secret = set_up(owner)
    server.sql("UPDATE accounts_user SET email = %s, canonical_email = %s WHERE username = %s", mailbox, mailbox, name)
    arrive(owner, shop, name)
    forget_steps(server, name)
    owner.get_by_label("Code", exact=True).fill(app_code(secret))
    owner.get_by_label("Remember this browser for 30 days").check()
    owner.get_by_role("button", name="Sign in").click()
    signed_in(owner)
    copied = [cookie for cookie in owner.context.cookies() if "trust" in str(cookie["name"])]
    assert len(copied) == 1

    come_back(owner, shop, name)
    signed_in(owner)  # not asked, and the value in the cookie is another now
    server.sql("UPDATE mfa_trusteddevice SET rotated_at = rotated_at - interval '2 minutes'")
    thief = open_page()
    thief.context.add_cookies(copied)  # type: ignore[arg-type]
    arrive(thief, shop, name)
    expect(thief.get_by_label("Code", exact=True)).to_be_visible()

    assert "may have been copied" in server.letter(to=mailbox, saying="We trust that browser no longer").subject
    arrive(owner, shop, name)  # the owner is asked again as well
    expect(owner.get_by_label("Code", exact=True)).to_be_visible()


def come_back(page: Page, shop: Shop, name: str) -> None:
    """To the site's button, in a browser that may not be asked."""
    page.goto(f"{shop.url}/?as={name}")
    page.get_by_role("link", name="Sign in").click()
