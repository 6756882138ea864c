"""Every page that the resolver leads to, with one of everything on it, by axe-core's rules."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

from accounts.audit import SYSTEM
from mfa.verbs import governing
from tests.e2e.test_accessible import violations
from tests.mfa.hosted.me.person import Person
from tests.routes.walking import routes
from tests.routes.world import WHO, World

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]
OWN = ("me:", "rights:")
HOST = "http://localhost"


def visitors(world: World) -> dict[str, Client]:
    """Who sees which pages: the same address may be a door to one and a page to another."""
    draft = governing.find(world.customer)
    governing.edit(draft, {"tries": 4, "methods": ["webauthn"]}, governing.stamp(draft), SYSTEM)
    person = Person("tuva@nordvik.example", customer=world.customer).enter()
    seen = {who: WHO[who](world) for who in ("a stranger", "half signed in", "owner", "read_only", "staff")}
    return seen | {"the person": person.browser}


def pages(language: str) -> Iterator[tuple[str, str]]:
    """Each page that somebody is shown, with an address that no other has; what two are shown alike comes once."""
    with connection.cursor() as cursor:  # a browser looks at the pages for minutes while the test's data stands
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    world = World.build()
    known = set()
    for who, client in visitors(world).items():
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for route in routes():
            if (who == "the person") != route.name.startswith(OWN):
                continue
            response = client.get(route.path(world.arguments(route.name)))
            body = response.getvalue()
            if b"<html" in body[:200]:  # and no part of a page that refreshes itself
                html = body.decode()
                said = re.sub(r'csrf\w+" value="[^"]*"|nonce-\S+', "", html)
                if said not in known:
                    known.add(said)
                    yield f"{HOST}/{who.replace(' ', '-')}/{len(known)}/{route.name.replace(':', '-')}/", html


def answer(route: Route, shown: dict[str, str]) -> None:
    """A page that was kept, or a static file; nothing else is there."""
    url = route.request.url
    if url in shown:
        route.fulfill(body=shown[url], content_type="text/html; charset=utf-8")
        return
    name = url.partition(settings.STATIC_URL)[2].partition("?")[0]
    found: Any = finders.find(name) if name else None
    if found:
        route.fulfill(path=found)
    else:
        route.fulfill(status=404, body="")


def walk(page: Page, shown: dict[str, str]) -> list[str]:
    wrong = []
    for url in shown:
        page.goto(url)
        wrong += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{url} is wider than the window")
    return wrong


@pytest.mark.product("core-5")
@pytest.mark.parametrize(
    ("language", "scheme", "viewport"), [pytest.param("en", "dark", {"width": 1280, "height": 900}, id="dark")]
)
def test_every_page_is_for_everybody(chromium: str, language: str, scheme: Any, viewport: Any) -> None:
    shown = dict(pages(language))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=viewport, color_scheme=scheme)
        page.route("**/*", lambda route: answer(route, shown))
        wrong = walk(page, shown)
        browser.close()

    assert len(shown) > 150
    assert not wrong, "\n".join(wrong)
