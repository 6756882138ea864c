"""The audit log: filters, names, sealed values, and the file."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse

from accounts import audit, verbs
from accounts.audit import Actor
from accounts.console import registry
from accounts.http import Source
from accounts.models import AuditRecord, Role
from tests.accounts.console.cast import desk
from tests.factories import MembershipFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("console:audit")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def browser():
    return desk()


def shown(browser, query=""):
    return [line.record.action for line in browser.get(f"{LIST}{query}").context["lines"]]


def fill(browser):
    """A site's act about a user, a colleague's and the system's."""
    customer = browser.customer
    user = UserFactory(customer=customer, username="nora@nordvik.example", first_name="Nora", last_name="Bjørklund")
    colleague = MembershipFactory(customer=customer, role=Role.ADMIN)
    audit.record(
        "user.created",
        audit.site(SiteFactory(customer=customer, name="nordvik.example"), audit.NOWHERE),
        customer,
        user,
    )
    audit.record("key.rotated", audit.member(colleague.user, audit.NOWHERE), customer, customer, facts={"to": "4f9a"})
    audit.record("user.disabled", audit.SYSTEM, customer, user)
    return user, colleague


def test_every_action_is_named_with_who_did_it_and_about_whom(browser):
    _user, colleague = fill(browser)

    page = browser.text(LIST)

    for words in ("User added", "nordvik.example", "Nora Bjørklund", "Key replaced", str(colleague.user), "to: 4f9a"):
        assert words in page


def test_records_are_filtered_by_who_what_whom_and_when(browser):
    user, colleague = fill(browser)

    assert shown(browser, "?who=site") == ["user.created"]
    assert shown(browser, f"?who={colleague.public_id}") == ["key.rotated"]
    assert shown(browser, "?what=user.disabled") == ["user.disabled"]
    assert shown(browser, f"?q={user.username.upper()}") == ["user.disabled", "user.created"]
    assert shown(browser, "?q=nobody") == []
    assert shown(browser, "?last=2026-01-01") == []


def test_a_member_of_another_customer_is_no_choice(browser):
    fill(browser)
    stranger = MembershipFactory()

    assert len(shown(browser, f"?who={stranger.public_id}")) == 3  # left out, like any filter that nobody offers


def test_nobody_sees_another_customers_records(browser):
    fill(desk())

    assert shown(browser) == []


@pytest.mark.product("customer-22")
def test_values_are_unsealed_on_one_records_page_and_gone_once_the_person_is_forgotten(browser):
    user = UserFactory(customer=browser.customer, email="old@nordvik.example")
    verbs.update_user(user, Actor("member", browser.user.pk, Source("192.0.2.7")), email="new@nordvik.example")
    record = AuditRecord.objects.get(action="user.updated")
    url = reverse("console:audit_record", args=[record.pk])

    page = browser.text(url)
    assert "old@nordvik.example → new@nordvik.example" in page
    assert "192.0.2.7" in page
    assert "old@nordvik.example" not in browser.text(LIST)

    audit.forget(user.pk)
    page = browser.text(url)
    assert "forgotten with the person" in page
    assert "old@nordvik.example" not in page


def test_staff_are_shown_by_their_kind_and_not_by_name(browser):
    staff = UserFactory(customer=verbs.customers.operator(), first_name="Sindre", is_staff=True)
    audit.record("customer.edited", audit.staff(staff, audit.NOWHERE), browser.customer, browser.customer)

    page = browser.text(LIST)

    assert "Sindre" not in page
    assert "Staff" in page


def test_the_file_holds_what_the_filters_select_and_is_recorded(browser):
    fill(browser)

    response = browser.get(f"{reverse('console:audit_export')}?what=user.created")
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Action"], row["Who"], row["About"]) for row in rows] == [
        ("User added", "nordvik.example", "Nora Bjørklund")
    ]
    assert response["Content-Type"].startswith("text/csv")
    record = AuditRecord.objects.get(action="list.exported")
    assert record.facts == {"list": "audit", "filters": ["what"]}


def test_a_reader_reads_but_takes_no_file():
    browser = desk(Role.READ_ONLY)

    assert reverse("console:audit_export") not in browser.text(LIST)


@pytest.mark.product("customer-22")
def test_every_recorded_action_has_a_name():
    found = set()
    for app in ("accounts", "mfa", "privacy", "rba"):
        for path in (ROOT / app).rglob("*.py"):
            for call in re.findall(r"audit\.record\(\s*([^,]+),", path.read_text()):
                found |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', call))

    assert len(found) > 30

    assert found - set(registry.ACTIONS) == set()
