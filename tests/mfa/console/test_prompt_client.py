"""A site's pair for the prompt in the dashboard: shown once, replaced with an overlap; its redirect addresses."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditRecord
from mfa.models import PromptClient
from mfa.verbs import pairing
from tests.accounts.console.cast import desk
from tests.factories import PromptClientFactory, SiteFactory
from tests.mfa.compat.prompt.site import HEALTH, Site, health

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def site(browser):
    return SiteFactory(customer=browser.customer, name="nordvik.example")


@pytest.fixture
def pair(site):
    return PromptClientFactory(site=site)


def url(site, name="prompt", *more):
    return reverse(f"mfa_console:{name}", args=[site.public_id, *more])


@pytest.mark.product("prompt-7")
def test_a_pair_is_made_as_all_clients_want_it_and_its_secret_shown_once(browser, site):
    assert "No client yet" in browser.text(url(site))
    assert "Make a client for nordvik.example?" in browser.text(url(site, "prompt_make"))
    assert PromptClient.objects.count() == 0

    page = browser.post(url(site, "prompt_make")).content.decode()
    made = PromptClient.objects.get()

    assert re.fullmatch(r"DI[A-Z0-9]{18}", made.client_id)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", made.secret)
    assert made.secret in page
    for name in ("prompt", "prompt_rotate"):
        assert made.secret not in browser.text(url(site, name))
    assert AuditRecord.objects.get(action="prompt.pair_made").facts == {"ending": made.ending}
    assert browser.post(url(site, "prompt_make")).status_code == 302
    assert PromptClient.objects.get().secret == made.secret


def test_the_secret_is_unreadable_in_the_database(pair):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(one)::text FROM mfa_promptclient one")
        assert pair.secret not in cursor.fetchone()[0]


@pytest.mark.product("prompt-7")
def test_replacing_the_secret_leaves_the_old_one_a_week_unless_it_is_ended(browser, site, pair):
    before = Site(pair)
    page = browser.post(url(site, "prompt_rotate")).content.decode()
    after = PromptClient.objects.get()

    assert after.secret != pair.secret
    assert after.secret in page
    assert after.earlier_until - timezone.now() > timedelta(days=6)
    assert health(browser, before, before.assertion(HEALTH))["stat"] == "OK"
    assert "The secret before" in browser.text(url(site))

    assert "no longer works" in browser.said(url(site, "prompt_end"))
    assert health(browser, before, before.assertion(HEALTH))["stat"] == "FAIL"
    now = Site(PromptClient.objects.get())
    assert health(browser, now, now.assertion(HEALTH))["stat"] == "OK"


@pytest.mark.product("prompt-7")
def test_an_address_is_added_shown_and_removed(browser, site, pair):
    assert "The address is added." in browser.said(url(site), {"uri": "https://nordvik.example/in", "any_query": "on"})
    page = browser.text(url(site))
    assert "https://nordvik.example/in" in page
    assert "With any query" in page
    assert PromptClient.objects.get().redirects[-1] == {"uri": "https://nordvik.example/in", "any_query": True}

    remove = url(site, "prompt_remove", pairing.name_of("https://nordvik.example/in"))
    assert "Remove https://nordvik.example/in?" in browser.text(remove)
    browser.said(remove)
    assert PromptClient.objects.get().redirects == pair.redirects
    assert browser.get(remove).status_code == 404
    assert set(AuditRecord.objects.values_list("action", flat=True)) >= {
        "prompt.address_added",
        "prompt.address_removed",
    }


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("", "Write the whole address"),
        ("nordvik.example/in", "Write the whole address"),
        ("javascript:alert(1)", "Write the whole address"),
        ("https://", "Write the whole address"),
        ("https://user@nordvik.example/", "Write the whole address"),
        ("https://nordvik.example:99999/", "Write the whole address"),
        ("https://nordvik.example/a b", "Write the whole address"),
        ("https://nørdvik.example/", "Write the whole address"),
        ("https://nordvik.example/in#here", "after #"),
        ("http://nordvik.example/in", "must begin with https"),
        ("http://localhost.example/", "must begin with https"),
        ("https://nordvik.example/callback", "in the list already"),
    ],
)
def test_an_address_that_nobody_may_be_led_to_is_refused_with_the_reason(browser, site, pair, uri, said):
    PromptClient.objects.update(redirects=[{"uri": "https://nordvik.example/callback", "any_query": False}])

    assert said in browser.post(url(site), {"uri": uri}).content.decode()
    assert len(PromptClient.objects.get().redirects) == 1


@pytest.mark.parametrize("uri", ["http://localhost:5000/in", "http://127.0.0.1/in", "http://[::1]:8080/in"])
def test_plain_http_is_for_the_machine_itself(browser, site, pair, uri):
    browser.post(url(site), {"uri": uri})

    assert PromptClient.objects.get().redirects[-1]["uri"] == uri


def test_twenty_addresses_are_enough(browser, site, pair):
    PromptClient.objects.update(
        redirects=[{"uri": f"https://nordvik.example/{n}", "any_query": False} for n in range(20)]
    )

    assert "twenty addresses" in browser.post(url(site), {"uri": "https://nordvik.example/20"}).content.decode()


@pytest.mark.parametrize("name", ["prompt", "prompt_make", "prompt_rotate", "prompt_end"])
@pytest.mark.product("doors-3")
def test_all_of_it_asks_for_a_fresh_proof(site, pair, name):
    stale = desk(customer=site.customer, fresh=False)

    for response in (stale.get(url(site, name)), stale.post(url(site, name))):
        assert response["Location"].startswith(reverse("doors:confirm"))
    assert PromptClient.objects.get().secret == pair.secret


@pytest.mark.promise("S10")
def test_another_customers_site_is_not_found(pair):
    other = desk()

    for name in ("prompt", "prompt_make", "prompt_rotate", "prompt_end"):
        assert other.get(url(pair.site, name)).status_code == 404
        assert other.post(url(pair.site, name)).status_code == 404
    assert PromptClient.objects.get().secret == pair.secret


@pytest.mark.product("prompt-11")
def test_the_page_says_how_each_client_is_set_up(browser, site, pair):
    page = browser.text(url(site))

    for client in ("Python", "Node", "PHP", "Go", "Java", "C#"):
        assert f"<dt>{client}" in page
    assert "works with clients written for Duo’s Universal Prompt" in page
    assert "plain http" in page  # the tests' own server is


SAID = re.compile(
    r"clients written for Duo['’]s Universal Prompt|endorsed or supported by (miniOrange or )?Cisco Duo"
    r"|Duo(Universal|Exception)|Duo\\|\bduo(security|[_-])"
)


@pytest.mark.product("prompt-11")
def test_nothing_that_people_read_says_more_of_the_name():
    root = Path(settings.BASE_DIR)
    read = [root / "README.md", *root.glob("docs/*.md"), *root.glob("docs/tutorials/*.md")]
    read += root.glob("templates/**/*.html")
    more = []
    for file in read:
        text = " ".join(file.read_text().split())
        allowed = {at for found in SAID.finditer(text) for at in range(*found.span())}
        more += [
            f"{file.name}: {text[max(0, found.start() - 40) : found.end() + 40]}"
            for found in re.finditer(r"\bduo", text, re.IGNORECASE)
            if found.start() not in allowed
        ]

    assert not more
