"""Connecting a site: the steps, the drop-in, the facts about the plugin, and the live check."""

import io
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import calls
from accounts.console.connect import POLLS
from accounts.models import Role
from tests.accounts.console.cast import desk
from tests.factories import ApiKeyFactory

pytestmark = pytest.mark.django_db
DROP_IN = reverse("console:connector")


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def site(browser):
    return ApiKeyFactory(site__customer=browser.customer, site__name="nordvik.example").site


def call(site, seconds=0, **facts):
    """A call of the site's, so many seconds ago."""
    given = {"path": "api/users/get", "auth_type": "", "ok": True, "reason": "", "milliseconds": 12, **facts}
    one = calls.Call(at=timezone.now() - timedelta(seconds=seconds), **given)
    caller = SimpleNamespace(site=site, key=site.api_keys.first())
    calls.note(one, caller, site.customer_id)


def stray(site, seconds=0):
    """A call under the customer's number that no site's key fits."""
    at = timezone.now() - timedelta(seconds=seconds)
    one = calls.Call(at=at, path="api/users/get", auth_type="", ok=False, reason="key", milliseconds=3)
    calls.note(one, None, site.customer_id)


def checks(browser, site):
    response = browser.get(reverse("console:connect", args=[site.public_id]))
    return [check["state"] for check in response.context["checks"]]


def test_the_three_facts_about_the_free_plugin_stand_there(browser, site):
    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "It protects three users" in page
    assert "the sign-in ends on an error page" in page
    assert "made and checked at another host of the vendor’s" in page


def test_what_cloud_mode_cannot_do_stands_there(browser, site):
    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "the plugin’s page for setting them up breaks off" in page
    assert "never marks the sign-in as proved" in page
    assert "is_onprem 0" in page


def test_doing_it_by_hand_names_this_server(browser, site, settings):
    settings.PUBLIC_URL = "https://2fa.nordvik.example"

    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "define( &#x27;MO_HOST_NAME&#x27;, &#x27;https://2fa.nordvik.example&#x27; );" in page


def test_the_drop_in_comes_with_this_servers_address_filled_in(browser, settings):
    settings.PUBLIC_URL = "https://2fa.nordvik.example"

    response = browser.get(DROP_IN)

    text = response.content.decode()
    assert text.startswith("<?php")
    assert "'https://2fa.nordvik.example'" in text
    assert "__KUMQUAT_URL__" not in text
    assert response["Content-Disposition"] == 'attachment; filename="kumquat-connect.php"'


def test_a_site_that_never_called_is_waited_for(browser, site):
    assert set(checks(browser, site)) == {"wait"}
    assert "Turns green at your site’s first signed call" in browser.text(
        reverse("console:connect_live", args=[site.public_id])
    )


@pytest.mark.requirement("R-56")
def test_the_plugin_is_offered_packed_with_this_servers_address_in_it(browser, site, settings):
    settings.PUBLIC_URL = "https://o'hara.example"
    assert reverse("console:plugin") in browser.text(reverse("console:connect", args=[site.public_id]))
    response = browser.get(reverse("console:plugin"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = archive.namelist()
        assert {name.partition("/")[0] for name in names} == {"kumquat"}
        for wanted in ("kumquat.php", "readme.txt", "uninstall.php", "LICENSE", "languages/kumquat-nb_NO.mo"):
            assert f"kumquat/{wanted}" in names
        assert r"'https://o\'hara.example'" in archive.read("kumquat/includes/kumquat-connect.php").decode()
        assert "GPL-2.0-or-later" in archive.read("kumquat/kumquat.php").decode()
    assert browser.get(reverse("console:plugin")).content == response.content


@pytest.mark.product("customer-16")
def test_the_check_turns_green_at_the_first_signed_call(browser, site):
    call(site, path="api/auth/challenge", connector="1.0.0", mode="cloud", plugin="6.2.4")
    site.connected_at = timezone.now()
    site.save()

    assert set(checks(browser, site)) == {"good"}


def test_a_key_that_fits_no_site_is_told_to_whoever_connects(browser, site):
    call(site, seconds=60)
    stray(site)

    page = browser.text(reverse("console:connect_live", args=[site.public_id]))

    assert "The newest call fits no key of yours" in page
    assert "Compare the API key" in page
    assert f"API key ending in {site.api_keys.get().ending}" in page
    assert site.api_keys.get().secret not in page


def test_a_stray_call_of_yesterday_alarms_nobody(browser, site):
    stray(site, seconds=3600)
    call(site)
    site.connected_at = timezone.now()
    site.save()

    assert "bad" not in checks(browser, site)


@pytest.mark.product("customer-16")
def test_each_refusal_is_told_in_words(browser, site):
    call(site, ok=False, reason="clock")

    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert page.count("The site&#x27;s clock differs from ours by more than five minutes") == 2
    assert "bad" in checks(browser, site)


def test_a_persons_wrong_code_is_no_fault_of_the_connection(browser, site):
    site.connected_at = timezone.now()
    site.save()
    call(site, ok=False, reason="refused", path="api/auth/validate")

    assert "bad" not in checks(browser, site)


@pytest.mark.parametrize(
    ("version", "users", "words"),
    [
        ("6.2.4", 2, "2 people are enrolled there, and nobody may be locked out"),
        ("6.0.8", 0, "Nobody is enrolled there"),
        ("6.2.4", None, "Tools, Kumquat says why the mode stays"),
        ("6.0.7", 0, "Update yours: it is 6.0.7"),
        ("5.9", 2, "Update yours: it is 5.9"),
        ("beta", 0, "Nobody is enrolled there"),
    ],
)
def test_a_site_in_the_plugins_own_mode_says_so_and_why(browser, site, version, users, words):
    site.mode, site.users_on_site, site.connected_at = "onprem", users, timezone.now()
    site.plugin_version = version
    site.save()

    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "The plugin still asks for it on the site itself" in page
    assert words in page


def test_the_last_calls_of_another_customers_site_are_not_shown(browser, site):
    other = ApiKeyFactory().site
    call(other, path="api/auth/other")
    stray(other)

    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "api/auth/other" not in page
    assert "key of no site" not in page


def test_the_page_stops_asking_after_ten_minutes_so_that_the_session_can_end(browser, site):
    url = reverse("console:connect_live", args=[site.public_id])

    assert "every 3s" in browser.text(f"{url}?n={POLLS - 1}")
    for over in (f"?n={POLLS}", "", "?n=-1", "?n=x", "?n=99999999"):
        page = browser.text(f"{url}{over}")
        assert "every 3s" not in page
        assert "Listen on" in page


def test_each_answer_brings_the_list_of_calls_along(browser, site):
    call(site, path="api/auth/challenge")

    page = browser.text(reverse("console:connect_live", args=[site.public_id]))

    assert 'id="calls"' in page
    assert "hx-swap-oob" in page
    assert "<html" not in page


def test_who_may_not_see_keys_is_told_who_can_make_a_plugin_password(site):
    browser = desk(Role.READ_ONLY, site.customer)

    page = browser.text(reverse("console:connect", args=[site.public_id]))

    assert "An owner or admin can" in page
    assert reverse("console:plugin_password", args=[site.public_id]) not in page
