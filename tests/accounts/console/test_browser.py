"""What scripts add to the dashboard, in a real browser, and that it works without them."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts import calls
from accounts.models import User
from tests.accounts.console.cast import Desk, desk
from tests.factories import ApiKeyFactory, TransactionFactory, UserFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def base(settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The address of a server in this process."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return str(request.getfixturevalue("live_server").url)


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
        connections.close_all()  # the test's own, which is out of reach once Playwright's loop has ended


def page_of(browser: Browser, base: str, mine: Desk, settings: Any, **options: Any) -> Page:
    """A page of a browser that is signed in as the desk's member."""
    context = browser.new_context(base_url=base, **options)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": mine.cookies[name].value, "url": base}])
    return context.new_page()


def two_users(mine: Desk) -> None:
    UserFactory(customer=mine.customer, first_name="Nora", last_name="Bjørklund")
    UserFactory(customer=mine.customer, first_name="Tuva", last_name="Lien", disabled_at=timezone.now())


def test_a_choice_above_a_list_takes_effect_at_once_and_stands_in_the_address(base, browser, settings):
    mine = desk()
    two_users(mine)
    page = page_of(browser, base, mine, settings)
    page.goto(reverse("console:users"))
    page.evaluate("window.stays = true")

    page.get_by_label("State").select_option("disabled")

    expect(page.get_by_role("link", name="Nora Bjørklund")).to_have_count(0)
    expect(page.get_by_role("link", name="Tuva Lien")).to_be_visible()
    expect(page.get_by_text("State: Disabled")).to_be_visible()
    assert "state=disabled" in page.url
    assert page.evaluate("window.stays")


def test_the_file_follows_what_was_chosen(base, browser, settings):
    mine = desk()
    TransactionFactory(authenticator__user__customer=mine.customer)
    page = page_of(browser, base, mine, settings)
    page.goto(reverse("mfa_console:sign_ins"))

    page.get_by_label("Outcome").select_option("approved")

    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    expect(page.get_by_role("link", name="Download CSV")).to_have_attribute("href", re.compile("outcome=approved"))


def test_without_scripts_the_button_filters_and_the_chip_takes_it_back(base, browser, settings):
    mine = desk()
    two_users(mine)
    page = page_of(browser, base, mine, settings, java_script_enabled=False)
    page.goto(reverse("console:users"))

    page.get_by_label("State").select_option("disabled")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("link", name="Nora Bjørklund")).to_have_count(0)

    page.get_by_text("State: Disabled").click()
    expect(page.get_by_role("link", name="Nora Bjørklund")).to_be_visible()


def test_deleting_asks_over_the_page_and_both_buttons_do_what_they_say(base, browser, settings):
    mine = desk()
    two_users(mine)
    user = User.objects.get(last_name="Lien")
    page = page_of(browser, base, mine, settings)
    page.goto(reverse("console:user", args=[user.public_id]))

    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_text("Keep Tuva Lien").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_label("Reference").fill("ticket 7")
    page.get_by_role("dialog").get_by_role("button", name="Delete Tuva Lien").click()

    expect(page.get_by_text("Tuva Lien is gone from every list")).to_be_visible()
    expect(page.get_by_role("link", name="Tuva Lien")).to_have_count(0)


def test_the_live_check_turns_green_at_the_sites_first_signed_call(base, browser, settings):
    mine = desk()
    site = ApiKeyFactory(site__customer=mine.customer).site
    page = page_of(browser, base, mine, settings)
    page.goto(reverse("console:connect", args=[site.public_id]))
    live = page.get_by_role("region", name="Connection")
    expect(live.get_by_text("No signed call yet")).to_be_visible()

    one = calls.Call(at=timezone.now(), path="api/users/get", auth_type="", ok=True, reason="", milliseconds=7)
    calls.note(one, SimpleNamespace(site=site, key=site.api_keys.get()), site.customer_id)
    site.connected_at = timezone.now()
    site.save()

    expect(live.get_by_text("The signature is right")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("region", name="Last calls").get_by_text("api/users/get")).to_be_visible()
