"""What people do in every browser test: open the doors."""

from playwright.sync_api import Page

from tests.e2e.server import Server
from tests.e2e.wordpress import app_code, forget_steps


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def enter_as_staff(page: Page, server: Server) -> None:
    """By password and by the app's code."""
    forget_steps(server, server.demo["staff_email"])
    sign_in(page, server.demo["staff_email"], server.demo["staff_password"])
    page.get_by_label("Code from the app").fill(app_code(server.demo["staff_totp_secret"]))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/**")
