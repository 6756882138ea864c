"""A customer writes its terms, publishes them, and prints what the data map says."""

import time

import pytest
from django.test import Client

from accounts import legal
from accounts.models import AuditRecord, Customer, Membership, Role
from accounts.verbs.closing import GRACE
from privacy import mapping, verbs
from privacy.models import Version
from tests.factories import UserFactory, member
from tests.routes.world import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return Membership.objects.get(user=member(Role.ADMIN)).customer


@pytest.fixture
def client(customer) -> Client:
    return browser(customer.memberships.get().user)


def draft(**given):
    return {"body_en": "We keep little.", "body_nb": "Vi lagrer lite.", "is_significant": "on", **given}


def test_a_draft_is_seen_by_nobody_until_it_is_published(client, customer):
    client.post("/dashboard/terms/edit/", {**draft(), "save": "1"})
    assert verbs.in_force(customer) is None
    assert "We keep little." in client.get("/dashboard/terms/edit/").content.decode()

    UserFactory.create_batch(2, customer=customer)
    assert "2 people are asked to agree" in client.get("/dashboard/terms/publish/").content.decode()
    client.post("/dashboard/terms/publish/")

    assert Customer.objects.get(pk=customer.pk).terms_needed == 1
    assert "Version 1 is in force" in client.get("/dashboard/terms/").content.decode()
    assert AuditRecord.objects.filter(action="privacy.published", customer=customer).exists()


def test_publishing_asks_for_a_fresh_proof(client, customer):
    client.post("/dashboard/terms/edit/", {**draft(), "save": "1"})
    session = client.session
    session["proved_at"] = time.time() - 3600
    session.save()

    assert "/confirm/" in client.post("/dashboard/terms/publish/").url
    assert verbs.in_force(customer) is None


@pytest.mark.requirement("R-11")
def test_a_significant_version_says_what_is_new_and_the_same_text_is_no_version(client, customer):
    client.post("/dashboard/terms/edit/", {**draft(), "publish": "1"})
    client.post("/dashboard/terms/publish/")

    client.post("/dashboard/terms/edit/", draft())
    page = client.post("/dashboard/terms/publish/", follow=True).content.decode()
    assert "Say in every language what is new" in page

    said = {"changes_en": "Less.", "changes_nb": "Mindre."}
    client.post("/dashboard/terms/edit/", draft(**said))
    assert "in force already" in client.post("/dashboard/terms/publish/", follow=True).content.decode()

    client.post("/dashboard/terms/edit/", draft(body_en="We keep less.", **said))
    assert "<del><p>We keep little.</p></del>" in client.get("/dashboard/terms/publish/").content.decode()
    client.post("/dashboard/terms/publish/")
    assert verbs.in_force(customer).number == 2


def test_nothing_is_published_without_a_text(client, customer):
    client.post("/dashboard/terms/edit/", {"body_en": " ", "save": "1"})

    page = client.post("/dashboard/terms/publish/", follow=True).content.decode()

    assert "Write a text in one language" in page
    assert not Version.objects.filter(number__gt=0).exists()


def test_asking_can_be_stopped(client, customer):
    client.post("/dashboard/terms/edit/", {**draft(), "publish": "1"})
    client.post("/dashboard/terms/publish/")

    client.post("/dashboard/terms/stop/")

    assert Customer.objects.get(pk=customer.pk).terms_needed == 0


def test_a_reader_sees_the_terms_and_changes_none(customer):
    client = browser(member(Role.READ_ONLY, customer))

    assert "terms/edit/" not in client.get("/dashboard/terms/").content.decode()
    assert client.post("/dashboard/terms/edit/", draft()).status_code == 403


def test_annex_settings_and_agreement_say_the_days_after_which_a_closed_account_is_erased(client, customer):
    membership = customer.memberships.get()
    membership.role = Role.OWNER
    membership.save()
    annex = client.get("/dashboard/data/annex/").content.decode()
    settings = client.get("/dashboard/settings/").content.decode()

    assert f"as long as the account; {GRACE.days} days after it is closed all is erased" in annex
    assert f"after {GRACE.days} days in which any owner can take it back" in settings
    assert f"take your data with you for {GRACE.days} days" in legal.current(legal.PROCESSING, "en").text


@pytest.mark.requirement("R-03", "R-06")
@pytest.mark.parametrize("page", ["record", "annex"])
def test_the_documents_name_both_sides_and_every_datum(client, customer, settings, page):
    shown = client.get(f"/dashboard/data/{page}/").content.decode().replace("&#x27;", "'")

    for said in (customer.name, settings.OPERATOR_NAME, settings.OPERATOR_HOSTING, settings.OPERATOR_SUBPROCESSORS):
        assert said in shown
    for group in mapping.groups(end_users=True):
        for line in group.lines:
            assert line.label in shown


@pytest.mark.requirement("R-01")
def test_the_dashboard_gives_the_address_and_the_frame(client, customer):
    page = client.get("/dashboard/data/").content.decode()

    assert f"/who/{customer.slug}/" in page
    assert "&lt;iframe" in page
