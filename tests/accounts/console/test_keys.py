"""Keys: shown after a fresh proof, replaced with an overlap, revoked; the plugin password once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import verbs
from accounts.models import ApiKey, AuditRecord, Session
from tests.accounts.console.cast import desk
from tests.factories import ApiKeyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def key(browser):
    return ApiKeyFactory(site__customer=browser.customer, site__name="nordvik.example")


def url(name, key, *more):
    return reverse(f"console:{name}", args=[key.site.public_id, *more])


def test_keys_are_shown_with_copy_buttons_and_the_showing_is_recorded(browser, key):
    page = browser.text(url("keys", key))

    for value in (str(browser.customer.number), key.secret, browser.customer.token_key):
        assert value in page
    assert page.count("data-copy=") == 3
    assert AuditRecord.objects.get(action="key.shown").facts == {"ending": key.ending}


@pytest.mark.product("customer-7")
@pytest.mark.parametrize("name", ["keys", "key_rotate", "plugin_password"])
@pytest.mark.product("doors-3")
def test_what_opens_a_site_asks_for_a_fresh_proof(key, name):
    browser = desk(customer=key.site.customer, fresh=False)
    place = url(name, key)

    response = browser.get(place)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("doors:confirm"))
    assert browser.post(place).status_code == 302
    assert ApiKey.objects.count() == 1
    key.site.refresh_from_db()
    assert key.site.plugin_password_hash == ""


@pytest.mark.product("customer-7")
def test_replacing_a_key_leaves_the_old_one_a_week(browser, key):
    assert key.ending in browser.text(url("key_rotate", key))

    page = browser.said(url("key_rotate", key))

    key.refresh_from_db()
    assert key.retires_at is not None
    assert timedelta(days=6, hours=23) < key.retires_at - timezone.now() <= timedelta(days=7)
    assert {one.pk for one in verbs.live_keys(str(browser.customer.number))} == set(
        ApiKey.objects.values_list("pk", flat=True)
    )
    assert "has a new key" in page
    assert "Works until" in page


def test_a_replaced_key_can_be_revoked_and_the_current_one_cannot(browser, key):
    assert browser.get(url("key_revoke", key, key.ending)).status_code == 404
    browser.post(url("key_rotate", key))

    assert f"Revoke the key that ends in {key.ending}?" in browser.text(url("key_revoke", key, key.ending))
    browser.post(url("key_revoke", key, key.ending))

    key.refresh_from_db()
    assert not key.is_live
    assert ApiKey.objects.live().count() == 1
    assert browser.get(url("key_revoke", key, key.ending)).status_code == 404


def test_a_plugin_password_is_in_one_answer_and_nowhere_else(browser, key):
    place = url("plugin_password", key)
    assert "Make a plugin password for nordvik.example?" in browser.text(place)

    response = browser.post(place)

    password = response.context["password"]
    assert password in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    found = verbs.find_by_plugin_password(browser.user.email, password)
    assert found is not None
    assert found.site == key.site
    assert password not in browser.text(place)
    assert all(password not in session.session_data for session in Session.objects.all())


def test_a_new_plugin_password_ends_the_earlier_one(browser, key):
    first = browser.post(url("plugin_password", key)).context["password"]
    assert "The one you have stops working" in browser.text(url("plugin_password", key))

    browser.post(url("plugin_password", key))

    assert verbs.find_by_plugin_password(browser.user.email, first) is None
