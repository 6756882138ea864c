"""A customer's settings."""

import pytest
from django.urls import reverse

from accounts.models import AuditRecord, Customer
from tests.accounts.console.cast import desk

pytestmark = pytest.mark.django_db
PAGE = reverse("console:settings")
GIVEN = {"name": "Nordvik", "website": "", "language": "nb", "code_length": "8", "code_seconds": "600"}


def test_settings_are_saved_and_the_change_recorded():
    browser = desk()

    page = browser.said(PAGE, GIVEN | {"website": "nordvik.example", "strict_addresses": "on"})

    customer = Customer.objects.get(pk=browser.customer.pk)
    assert (customer.name, customer.language, customer.code_length, customer.code_seconds) == ("Nordvik", "nb", 8, 600)
    assert (customer.website, customer.strict_addresses, customer.relays_notices) == (
        "https://nordvik.example",
        True,
        False,
    )
    facts = AuditRecord.objects.get(action="customer.edited").facts
    assert facts["code_length"] == [6, 8]
    assert "relays_notices" not in facts
    assert "Your settings are saved" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_length": "3"},
        {"code_seconds": "86400"},
        {"language": "xx"},
        {"name": " "},
        {"name": "Nord\nvik"},
        {"website": "x y"},
    ],
)
def test_what_cannot_be_changes_nothing(wrong):
    browser = desk()

    page = browser.said(PAGE, GIVEN | wrong)

    assert "Some of this needs changing" in page
    assert Customer.objects.get(pk=browser.customer.pk).name == browser.customer.name


def test_a_value_that_staff_chose_is_kept_in_the_choice():
    browser = desk()
    Customer.objects.filter(pk=browser.customer.pk).update(code_length=9, code_seconds=90)

    page = browser.said(PAGE, GIVEN | {"code_length": "9", "code_seconds": "90"})

    assert "Your settings are saved" in page
