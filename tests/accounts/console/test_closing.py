"""An owner closes the account: by its name, with a fresh proof, and until the date there is a way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import verbs
from accounts.audit import SYSTEM
from accounts.models import ApiKey, AuditRecord, Customer, Message, Role
from accounts.verbs import closing
from accounts.verbs.customers import operator
from tests.accounts.console.cast import desk
from tests.factories import ApiKeyFactory, CustomerFactory, member

pytestmark = pytest.mark.django_db
PAGE, KEEP, STOP = reverse("console:close"), reverse("console:close_keep"), reverse("console:close_stop_keys")


@pytest.fixture
def browser():
    found = desk(customer=CustomerFactory(name="Nordvik Hytter"))
    ApiKeyFactory(site__customer=found.customer)
    return found


def row(browser):
    return Customer.objects.get(pk=browser.customer.pk)


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("user", flat=True))


def test_closing_names_a_date_and_tells_every_owner_and_all_who_look(browser):
    other, helper = member(customer=browser.customer), member(Role.HELP_DESK, browser.customer)

    page = browser.said(PAGE, {"name": "nordvik  hytter"})

    left = row(browser).closing_at - timezone.now()
    assert closing.GRACE - timedelta(minutes=1) < left <= closing.GRACE
    assert "Nordvik Hytter closes on" in page and "Its keys work until that day" in page
    assert told("accounts.closing_asked") == {browser.user.pk, other.pk}
    record = AuditRecord.objects.get(action="customer.closing_asked")
    assert record.actor_id == browser.user.pk
    assert ApiKey.objects.live().exists()
    asked = desk(Role.HELP_DESK, browser.customer)
    assert "Nordvik Hytter closes on" in asked.text(reverse("console:start"))
    assert PAGE not in asked.text(reverse("console:start"))
    assert helper.pk not in told("accounts.closing_asked")


@pytest.mark.parametrize("name", ["", "Nordvik", "Another"])
def test_another_name_closes_nothing(browser, name):
    browser.said(PAGE, {"name": name})

    assert row(browser).closing_at is None
    assert not Message.objects.exists()


def test_closing_asks_for_a_fresh_proof(browser):
    stale = desk(customer=browser.customer, fresh=False)

    stale.post(PAGE, {"name": "Nordvik Hytter"})

    assert row(browser).closing_at is None


@pytest.mark.parametrize("url", [PAGE, KEEP, STOP])
def test_an_admin_neither_closes_nor_keeps(browser, url):
    closing.close_customer(browser.customer, by=SYSTEM)
    admin = desk(Role.ADMIN, browser.customer)

    assert admin.post(url, {"name": "Nordvik Hytter"}).status_code == 403
    assert row(browser).is_closing
    assert PAGE not in admin.text(reverse("console:settings"))


def test_keys_stop_at_once_if_that_is_wished_and_come_back_with_the_account(browser):
    browser.said(PAGE, {"name": "Nordvik Hytter", "stops_keys": "on"})
    assert not ApiKey.objects.live().exists()
    assert verbs.live_keys(str(browser.customer.number)) == []

    page = browser.said(KEEP)

    assert "The account stays open" in page
    assert ApiKey.objects.live().exists()
    assert row(browser).closing_at is None
    assert told("accounts.closing_taken_back") == {browser.user.pk}


def test_keys_stop_later_too_and_once(browser):
    browser.said(PAGE, {"name": "Nordvik Hytter"})

    assert "All keys have stopped" in browser.said(STOP)
    assert "Keys are stopped only while" in browser.said(STOP)
    assert not ApiKey.objects.live().exists()
    assert AuditRecord.objects.filter(action="customer.keys_stopped").count() == 1


def test_a_plugin_password_opens_nothing_once_keys_have_stopped(browser):
    site = ApiKey.objects.get().site
    password = verbs.make_plugin_password(site, SYSTEM)
    assert verbs.find_by_plugin_password(browser.user.email, password)

    browser.said(PAGE, {"name": "Nordvik Hytter", "stops_keys": "on"})

    assert verbs.find_by_plugin_password(browser.user.email, password) is None


@pytest.mark.product("customer-18")
def test_any_owner_keeps_the_account_and_asking_twice_moves_no_date(browser):
    first = closing.close_customer(browser.customer, by=SYSTEM)
    assert closing.close_customer(browser.customer, by=SYSTEM) == first

    desk(customer=browser.customer, fresh=False).said(KEEP)

    assert row(browser).closing_at is None
    assert AuditRecord.objects.filter(action="customer.closing_taken_back").count() == 1


def test_the_operator_is_never_closed():
    browser = desk(customer=operator())

    assert "cannot be closed here" in browser.said(PAGE, {"name": operator().name})
    assert PAGE not in browser.text(reverse("console:settings"))
    with pytest.raises(closing.OperatorStays):
        closing.close_customer(operator(), by=SYSTEM)
