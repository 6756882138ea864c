"""A newcomer's first ten minutes and a day of the staff's, in a real browser."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import enter_as_member, enter_as_staff, set_up_app, sign_in
from tests.e2e.server import Server
from tests.e2e.wordpress import Site, app_code, forget_steps, status

pytestmark = pytest.mark.e2e
OWNER, PASSWORD, NEW_PASSWORD = "liv@havn.example", "a boat with two blue oars", "another boat with red oars"


def open_mailed_link(page: Page, subject: str) -> None:
    """From the demo's mailbox, to which the newest mail comes by itself."""
    page.goto(f"/demo/mailbox/?to={OWNER}")
    letter = page.get_by_role("article").filter(has=page.get_by_role("heading", name=subject)).first
    letter.locator('a[href*="/l/"]').click()


def register(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("Company or website").fill("havn.example")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("First name").fill("Liv")
    page.get_by_label(re.compile("I agree")).check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()


def confirm_the_address(page: Page) -> None:
    open_mailed_link(page, "Confirm")
    page.get_by_role("button", name="Yes, confirm the address").click()
    expect(page.get_by_text("Your address is confirmed.")).to_be_visible()


def read_the_keys(page: Page) -> tuple[str, str]:
    """Number and API key of the one site, after proving once more who it is."""
    page.get_by_role("link", name="Sites and keys").click()
    page.get_by_role("link", name="havn.example").first.click()
    page.get_by_role("link", name="Keys", exact=True).click()
    keys = page.url
    page.goto(f"/confirm/?next={urlsplit(keys).path}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(keys)
    return page.locator("#customer-key").inner_text(), page.locator("#api-key").inner_text()


def connect(page: Page, site: Site) -> None:
    """The check turns green at the site's first call, while the page stays as it is."""
    page.get_by_role("link", name="Connection").click()
    check = page.locator("#live")
    expect(check).to_contain_text("Turns green at your site’s first signed call.")
    page.evaluate("window.stayed = true")

    assert status(site, "rest/customer/license", applicationName="-1", licenseType="DEMO") == "SUCCESS"

    expect(check).to_contain_text("Last call from your site:", timeout=15_000)
    expect(page.get_by_text("rest/customer/license").first).to_be_visible()
    assert page.evaluate("window.stayed") is True


def add_a_user(page: Page) -> None:
    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("link", name="Add a user").first.click()
    page.get_by_label("Username").fill("tuva@havn.example")
    page.get_by_label("E-mail").fill("tuva@havn.example")
    page.get_by_label("First name").fill("Tuva")
    page.get_by_role("button", name="Add the user").click()
    expect(page.get_by_role("heading", name="Tuva", level=1)).to_be_visible()


def enrol_and_sign_in_by_app(server: Server, site: Site, name: str) -> None:
    """What the person does on the site meanwhile."""
    secret = site.call("api/auth/google-auth-secret", username=name, authenticatorName="Havn")["secret"]
    for _ in ("enrolment", "sign-in"):
        forget_steps(server, name)
        proof = {"username": name, "secret": secret, "otpToken": app_code(secret)}
        assert status(site, "api/auth/validate-google-auth-secret", **proof) == "SUCCESS"


def see_the_sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign-ins", exact=True).click()
    row = page.get_by_role("row").filter(has_text="tuva@havn.example")
    expect(row).to_contain_text("Approved")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("Began").first).to_be_visible()
    expect(page.get_by_text("Approved").first).to_be_visible()


def help_with_a_lost_phone(page: Page) -> None:
    """Take the app off, and let the person in once by a code to the known address."""
    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("link", name="Tuva").click()
    page.get_by_role("link", name="Reset Authenticator app").click()
    page.get_by_label("Reason").fill("Lost the phone at sea")
    page.get_by_role("button", name="Reset “Authenticator app”").click()
    expect(page.get_by_text("is reset, and").first).to_be_visible()
    page.get_by_role("link", name="Let in once").click()
    page.get_by_label("Reason").fill("Lost the phone at sea")
    page.get_by_role("button", name="Let in once").click()
    expect(page.get_by_text("May sign in once by a code to the known address")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def set_a_new_password(page: Page) -> None:
    page.get_by_role("link", name="Forgotten password").click()
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a link is on its way there")).to_be_visible()
    open_mailed_link(page, "password")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text("Your new password is in force.")).to_be_visible()


@pytest.mark.product("shown-1")
def test_a_newcomers_first_ten_minutes(open_page: Callable[..., Page], server: Server) -> None:
    page, name = open_page(), "tuva@havn.example"
    register(page)
    confirm_the_address(page)
    sign_in(page, OWNER, PASSWORD)
    expect(page.get_by_role("heading", name="Welcome to havn.example")).to_be_visible()
    site = Site(server, *read_the_keys(page))
    connect(page, site)

    add_a_user(page)
    enrol_and_sign_in_by_app(server, site, name)
    see_the_sign_in(page)

    help_with_a_lost_phone(page)
    assert site.call("api/admin/users/get", username=name)["authType"] == "EMAIL"
    asked = site.call("api/auth/challenge", username=name, authType="EMAIL")
    code = server.letter(transaction=asked["txId"]).code
    assert status(site, "api/auth/validate", txId=asked["txId"], token=code) == "SUCCESS"

    sign_out(page)
    set_a_new_password(page)
    sign_in(page, OWNER, PASSWORD)
    expect(page.get_by_text("That address and password do not fit together.")).to_be_visible()
    sign_in(page, OWNER, NEW_PASSWORD)
    expect(page.get_by_role("heading", name="Add a way to sign in")).to_be_visible()  # a site is connected by now
    set_up_app(page)
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


@pytest.mark.product("shown-1")
def test_a_member_of_staff_finds_a_customer_and_answers_a_question(
    open_page: Callable[..., Page], server: Server
) -> None:
    owner, staff = open_page(), open_page()
    enter_as_member(owner, server)
    owner.get_by_role("link", name="Support").click()
    owner.get_by_role("link", name="Write to us").first.click()
    owner.get_by_label("What is it about?").fill("Which port does it need?")
    owner.get_by_label("Your question").fill("Our firewall asks.")
    owner.get_by_role("button", name="Send").click()

    enter_as_staff(staff, server)
    staff.goto("/staff/accounts/customer/")
    staff.locator("#searchbar").fill("Nordvik")
    staff.locator("#searchbar").press("Enter")
    staff.get_by_role("link", name="Nordvik", exact=True).first.click()
    expect(staff.get_by_text(server.demo["customer_key"]).first).to_be_visible()
    staff.goto("/staff/accounts/ticket/")
    staff.get_by_role("link", name="Which port does it need?").click()
    staff.get_by_role("textbox", name="Answer").fill("Port 443, outgoing, and nothing else.")
    staff.get_by_role("button", name="Send the answer").click()
    expect(staff.get_by_text("Your answer is on its way.")).to_be_visible()

    owner.reload()
    expect(owner.get_by_text("Port 443, outgoing, and nothing else.")).to_be_visible()
    server.letter(to=server.demo["member_email"], saying="Port 443, outgoing")
