"""What is left of the sending limits, and the countries that text messages may go to."""

import pytest
from django.urls import reverse

from accounts import sending_limits, valkey
from accounts.models import AuditRecord, Role
from tests.accounts.console.cast import desk
from tests.factories import SiteFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("console:limits")
COUNTRIES = reverse("console:countries")


def spend(customer, times):
    for number in range(times):
        sending_limits.spend(customer, ["email"], f"p{number}@site.example", "", user=None, site=None)


def bars(browser):
    return {str(bar["line"].label): bar for bar in browser.get(PAGE).context["bars"]}


@pytest.mark.product("customer-11")
def test_the_page_says_what_is_left_of_each_limit():
    browser = desk()
    browser.customer.email_day_limit = 10
    browser.customer.save()
    SiteFactory(customer=browser.customer, name="nordvik.example")
    spend(browser.customer, 3)

    page = browser.text(PAGE)

    assert "7 left" in page
    assert "3 of 10 used in the last 24 hours." in page
    assert "nordvik.example" in page


@pytest.mark.parametrize(("times", "css"), [(3, ""), (8, "is-near"), (10, "is-over")])
def test_a_bar_says_when_a_limit_is_near_or_reached(times, css):
    browser = desk()
    browser.customer.email_day_limit = 10
    browser.customer.save()
    spend(browser.customer, times)

    assert bars(browser)["E-mails"]["css"] == css


def test_while_valkey_is_away_the_page_says_that_it_cannot_tell(monkeypatch):
    def away(*_args, **_kwargs):
        raise valkey.Unreachable

    browser = desk()
    monkeypatch.setattr(sending_limits.limits.valkey, "ask", away)

    assert "Cannot be told just now. The limit itself holds." in browser.text(PAGE)


def test_who_may_ask_support_is_led_there_and_others_are_told_who_can():
    assert reverse("console:ticket_open") in desk(Role.HELP_DESK).text(PAGE)
    assert "An owner or admin of yours can ask" in desk(Role.READ_ONLY).text(PAGE)


def test_countries_are_written_as_people_write_them_and_kept_once():
    browser = desk()

    page = browser.said(COUNTRIES, {"countries": "47, +46 0045,+47"})

    browser.customer.refresh_from_db()
    assert browser.customer.sms_countries == ["+45", "+46", "+47"]
    assert "+45, +46, +47" in page
    assert AuditRecord.objects.get(action="customer.edited").facts == {"sms_countries": [[], ["+45", "+46", "+47"]]}


def test_no_country_named_means_every_country():
    browser = desk()
    browser.customer.sms_countries = ["+47"]
    browser.customer.save()

    assert "go to every country" in browser.said(COUNTRIES, {"countries": ""})


@pytest.mark.parametrize("code", ["999", "x", "+", "47;46", "४७"])
def test_a_code_of_no_country_is_refused(code):
    browser = desk()

    assert "No country has the calling code" in browser.said(COUNTRIES, {"countries": code})
    browser.customer.refresh_from_db()
    assert browser.customer.sms_countries == []
