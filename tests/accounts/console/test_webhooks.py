"""Webhooks in the dashboard: the secret once, the log with its answers, a test and a repetition by a button."""

import pytest
from django.urls import reverse

from accounts.audit import SYSTEM
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.webhooks import verbs
from tests.accounts.console.cast import desk

pytestmark = pytest.mark.django_db
BODY = {"name": "shop", "url": "https://shop.example/in", "events": ["user.created"]}


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def endpoint(browser):
    return verbs.add(browser.customer, "shop", "https://shop.example/in", [], SYSTEM)


def page_of(endpoint):
    return reverse("console:webhook", args=[endpoint.public_id])


def test_the_secret_is_in_the_one_answer_that_makes_it(browser):
    page = browser.post(reverse("console:webhook_add"), BODY).content.decode()

    made = WebhookEndpoint.objects.get()
    assert made.secret in page
    assert made.events == ["user.created"]
    assert "whsec_" not in browser.text(page_of(made))
    assert "shop" in browser.text(reverse("console:webhooks"))
    new = browser.post(reverse("console:webhook_rotate", args=[made.public_id])).content.decode()
    assert made.secret not in new
    assert "whsec_" in new


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "https://localhost/", "shop.example", "https://a:b@shop.example/"]
)
def test_an_address_that_cannot_be_called_is_refused(browser, url):
    page = browser.post(reverse("console:webhook_add"), {**BODY, "url": url}).content.decode()

    assert "Write a whole address that begins with https://" in page
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.product("hook-2")
def test_the_log_shows_the_last_answer_and_the_next_try(browser, endpoint):
    browser.said(reverse("console:webhook_test", args=[endpoint.public_id]))
    WebhookDelivery.objects.update(tries=1, status=503, reply="come back later")

    page = browser.text(page_of(endpoint))

    assert "come back later" in page
    assert "503" in page
    assert "next try" in page


@pytest.mark.product("hook-2")
def test_an_event_is_sent_once_more_by_a_button(browser, endpoint):
    one = verbs.test(endpoint, SYSTEM)
    browser.said(reverse("console:webhook_replay", args=[endpoint.public_id, one.public_id]))

    assert WebhookDelivery.objects.count() == 2


def test_stopped_and_started_by_a_button(browser, endpoint):
    place = reverse("console:webhook_switch", args=[endpoint.public_id])

    assert "Nothing more is sent to shop." in browser.said(place)
    browser.customer.refresh_from_db()
    assert not browser.customer.has_webhooks
    assert "Events go to shop again." in browser.said(place)


def test_edited_and_deleted(browser, endpoint):
    edited = {**BODY, "name": "warehouse"}
    assert "warehouse is saved." in browser.said(reverse("console:webhook_edit", args=[endpoint.public_id]), edited)
    assert "Delete warehouse?" in browser.text(reverse("console:webhook_delete", args=[endpoint.public_id]))
    assert "warehouse is deleted." in browser.said(reverse("console:webhook_delete", args=[endpoint.public_id]))
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.promise("S10")
def test_another_customers_webhook_is_not_there(endpoint):
    stranger = desk()
    one = verbs.test(endpoint, SYSTEM)

    assert stranger.get(page_of(endpoint)).status_code == 404
    for name in ("webhook_test", "webhook_switch", "webhook_delete", "webhook_rotate"):
        assert stranger.post(reverse(f"console:{name}", args=[endpoint.public_id])).status_code == 404
    assert stranger.post(reverse("console:webhook_replay", args=[endpoint.public_id, one.public_id])).status_code == 404
