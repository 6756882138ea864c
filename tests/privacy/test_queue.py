"""The customer's queue, what is asked for a person there, what members ask for themselves, and letters to staff."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditRecord, Message, Role
from accounts.verbs.customers import operator
from privacy import subjects
from privacy.console import requests
from privacy.models import PrivacyRequest
from privacy.moves import Kind, State
from tests.factories import AuthenticatorFactory, StaffFactory, member
from tests.privacy.asking import Case, fresh
from tests.routes.world import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return Case()


@pytest.fixture
def client(case):
    return browser(case.owner)


def url(row):
    return f"/dashboard/requests/{row.public_id}/"


@pytest.mark.requirement("R-59")
def test_the_queue_shows_what_is_due_and_the_tile_how_many(case, client):
    row = case.proven(Kind.CLARIFICATION, text="Why?")
    PrivacyRequest.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=1))
    Case().ask()

    page = client.get("/dashboard/requests/").content.decode()
    assert page.count(f"/dashboard/requests/{row.public_id}/") == 1
    assert "overdue" in page
    assert [str(said) for said in requests.due(case.customer)] == ["1", "open, one due within a week"]


def test_the_page_offers_the_moves_of_the_table_and_takes_no_other(case, client):
    row = case.ask(Kind.CLARIFICATION, text="Why?")
    page = client.get(url(row)).content.decode()
    assert 'value="vouch"' in page
    assert 'value="answer"' not in page

    client.post(url(row), {"act": "answer", "answer-text": "Because."})
    assert fresh(row).state == State.EVIDENCE
    client.post(url(row), {"act": "vouch", "vouch-how": "called them back"})
    assert 'value="answer"' in client.get(url(row)).content.decode()
    client.post(url(row), {"act": "answer", "answer-text": "Because."})
    assert fresh(row).state == State.DONE


def test_a_refusal_without_grounds_comes_back_with_what_was_typed(case, client):
    row = case.proven(Kind.OBJECTION_OTHER, text="No.")
    page = client.post(url(row), {"act": "refuse", "refuse-text": "We must."}).content.decode()
    assert "Give a ground for each datum." in page
    assert "We must." in page
    client.post(url(row), {"act": "refuse", "refuse-text": "We must.", "refuse-ground_0": "law"})
    assert fresh(row).state == State.REFUSED


def test_an_erasure_is_refused_for_all_data_by_one_choice(case, client):
    row = case.proven(Kind.ERASURE)
    client.post(url(row), {"act": "refuse", "refuse-text": "Law suit.", "refuse-for_all": "claims"})
    assert set(fresh(row).grounds) == set(subjects.everything())


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_who_may_not_edit_people_decides_nothing(case, role):
    row = case.proven(Kind.CLARIFICATION, text="Why?")
    client = browser(member(role, case.customer))
    assert 'name="act"' not in client.get(url(row)).content.decode()
    client.post(url(row), {"act": "answer", "answer-text": "Because."})
    assert fresh(row).state == State.OPEN


@pytest.mark.requirement("R-58")
def test_a_member_asks_for_a_person_with_a_reference_and_vouches(case, client):
    path = f"/dashboard/users/{case.user.public_id}/ask/erasure/"
    assert "Ask for them" in client.get(f"/dashboard/users/{case.user.public_id}/").content.decode()
    client.post(path, {"text": "", "reference": "", "vouch-how": "at the desk"})
    assert not PrivacyRequest.objects.exists()

    client.post(path, {"text": "", "reference": "T-12", "vouch-how": "at the desk"})

    row = PrivacyRequest.objects.get()
    assert (row.channel, row.reference, row.state) == ("customer", "T-12", State.COOLING)
    assert row.ready_at <= timezone.now()
    assert not Message.objects.filter(kind="privacy.erasure_asked").exists()


@pytest.mark.requirement("R-68")
def test_a_member_asks_about_their_own_data_and_the_operator_has_it(case, client):
    device = AuthenticatorFactory(user=case.owner)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert "Your data and your rights" in client.get("/dashboard/account/").content.decode()
    client.post("/dashboard/account/data/ask/clarification/", {"about": "", "text": "What do you hold?"})

    row = PrivacyRequest.objects.get()
    assert (row.customer, row.person, row.state) == (operator(), case.owner.pk, State.OPEN)
    assert "What do you hold?" in client.get("/dashboard/account/data/").content.decode()
    client.post(f"/dashboard/account/data/{row.public_id}/cancel/")
    assert fresh(row).state == State.CANCELLED


@pytest.mark.requirement("R-68")
def test_a_password_alone_is_not_evidence_enough(case, client):
    client.post("/dashboard/account/data/ask/access/", {"text": ""})
    assert PrivacyRequest.objects.get().state == State.EVIDENCE
    page = client.post("/dashboard/account/data/ask/erasure/", {"text": ""}).content.decode()
    assert "only owner" in page


@pytest.mark.requirement("R-59")
def test_staff_enter_a_letter_and_the_customer_learns_of_it_at_once(case):
    staff = browser(StaffFactory(), verified=True)
    arrived = timezone.localdate() - timedelta(days=3)
    given = {
        "customer": case.customer.number,
        "username": case.user.username,
        "kind": "access",
        "received": arrived.isoformat(),
        "reference": "L-1",
        "text": "All of it.",
    }
    page = staff.post("/staff/privacy/privacyrequest/add/", {**given, "username": "nobody"}).content.decode()
    assert "Nobody of this name" in page
    assert staff.post("/staff/privacy/privacyrequest/add/", given).status_code == 302

    row = PrivacyRequest.objects.get()
    assert (row.channel, row.state) == ("letter", State.EVIDENCE)
    assert timezone.localdate(row.received_at) == arrived
    assert row.passed_on_at is not None
    assert Message.objects.get(kind="privacy.request_waits").to == case.owner.email
    assert AuditRecord.objects.get(action="privacy.request_made").actor_kind == "staff"
    assert "A copy of the data" in staff.get("/staff/privacy/privacyrequest/").content.decode().replace(
        "a copy", "A copy"
    )
