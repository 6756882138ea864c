"""What people do in every browser test: open the doors."""

from playwright.sync_api import Page

from tests.e2e.server import Server
from tests.e2e.wordpress import app_code, forget_steps


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def enter_as_staff(page: Page, server: Server) -> None:
    """By password and by the app's code."""
    _enter(page, server, "staff")
    page.wait_for_url("**/staff/**")


def enter_as_member(page: Page, server: Server) -> None:
    """The demo's owner, as staff."""
    _enter(page, server, "member")
    page.wait_for_url("**/dashboard/**")


def _enter(page: Page, server: Server, who: str) -> None:
    forget_steps(server, server.demo[f"{who}_email"])
    sign_in(page, server.demo[f"{who}_email"], server.demo[f"{who}_password"])
    page.get_by_label("Code", exact=True).fill(app_code(server.demo[f"{who}_totp_secret"]))
    page.get_by_role("button", name="Continue").click()


def set_up_app(page: Page) -> str:
    """Add an authenticator app on the page that asks for a factor; its secret."""
    page.get_by_role("link", name="Authenticator app").click()
    page.get_by_role("button", name="Continue").click()
    page.locator("summary").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(app_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="Continue").click()
    return secret
