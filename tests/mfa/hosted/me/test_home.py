"""Devices, sessions, sign-ins and language on the person's own pages: theirs alone, and ended by them."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.messages import delivery
from accounts.models import AuditRecord, Message, Role, Session
from mfa.doors.demo import app_code
from mfa.models import Transaction, TrustedDevice
from mfa.verbs import trusting
from tests.factories import (
    AuthenticatorFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    SiteFactory,
    TransactionFactory,
    UserFactory,
)
from tests.mfa.hosted.me.person import SECRET, Person, words
from tests.mfa.test_trusting import FIREFOX, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return Person().enter()


def another_browser(person):
    other = Person.__new__(Person)
    other.customer, other.user, other.app, other.browser = person.customer, person.user, person.app, Client()
    return other.enter()


def trusted(person, site=None):
    return trusting.trust(person.user, site, rules(), FIREFOX)[0]


@pytest.mark.product("me-3", "trust-3")
def test_a_trusted_browser_is_listed_with_its_site_and_ended(nora):
    device = trusted(nora, SiteFactory(customer=nora.customer, name="intranet.example"))
    page = nora.text()
    assert "Firefox, Windows" in page
    assert "intranet.example" in page

    nora.said(f"browsers/{device.public_id}/forget/")

    assert "You trust no browser" in nora.text()


def test_another_persons_browser_and_session_are_not_found(nora):
    per = Person("per@nordvik.example", customer=nora.customer).enter()
    device, session = trusted(per), Session.objects.get(user=per.user)

    assert nora.post(f"browsers/{device.public_id}/forget/").status_code == 404
    assert nora.post(f"sessions/{session.public_id}/end/").status_code == 404
    assert TrustedDevice.objects.get().ended_at is None
    assert "How you prove it is you" in per.text()


@pytest.mark.product("me-3")
def test_one_session_is_ended_and_this_one_too(nora):
    other = another_browser(nora)
    mine, theirs = Session.objects.filter(user=nora.user).order_by("created_at")

    nora.said(f"sessions/{theirs.public_id}/end/")
    assert "Continue with your name" in other.text()
    assert "How you prove it is you" in nora.text()

    nora.post(f"sessions/{mine.public_id}/end/")
    assert "Continue with your name" in nora.text()


@pytest.mark.product("me-4")
def test_sign_out_everywhere_leaves_this_browser_alone(nora):
    other = another_browser(nora)
    trusted(nora)

    nora.said("sessions/end/")

    assert "Continue with your name" in other.text()
    assert "How you prove it is you" in nora.text()
    assert not TrustedDevice.objects.filter(ended_at=None).exists()


@pytest.mark.product("me-3")
def test_sign_ins_say_where_how_and_from_where(nora):
    site = SiteFactory(customer=nora.customer, name="intranet.example")
    TransactionFactory(authenticator=nora.app, site=site, country="SE", state="failed")
    page = nora.text("sign-ins/")

    assert "intranet.example" in page
    assert "SE" in page
    assert "Failed" in page
    assert "Authenticator app" in page


def test_sign_ins_are_paged_by_index(nora):
    for _count in range(55):
        TransactionFactory(authenticator=nora.app, state="approved")
    with CaptureQueriesContext(connection) as first:
        page = nora.text("sign-ins/")
    assert page.count("not-me/") == 50
    assert 'rel="next"' in page

    oldest = Transaction.objects.filter(user=nora.user).order_by("-pk")[49].pk
    with CaptureQueriesContext(connection) as second:
        page = nora.text("sign-ins/", before=oldest)
    assert page.count("not-me/") == 6
    assert len(first) == len(second) == 8


def test_this_was_not_me_is_recorded_closes_what_is_open_and_is_told(nora):
    owner = MembershipFactory(customer=nora.customer, role=Role.OWNER).user
    other = another_browser(nora)
    trusted(nora)
    txn = TransactionFactory(authenticator=nora.app, state="approved")
    assert "We record it" in nora.text(f"sign-ins/{txn.public_id}/not-me/")
    assert not AuditRecord.objects.filter(action="mfa.not_me").exists()

    nora.said(f"sign-ins/{txn.public_id}/not-me/")

    assert AuditRecord.objects.get(action="mfa.not_me").object_id == txn.public_id
    assert "Continue with your name" in other.text()
    assert not TrustedDevice.objects.filter(ended_at=None).exists()
    assert Message.objects.get(kind="mfa.not_me").to == owner.email


@pytest.mark.promise("S10")
def test_another_persons_sign_in_is_not_found(nora):
    txn = TransactionFactory(authenticator=AuthenticatorFactory(user=UserFactory(customer=nora.customer)))

    assert nora.post(f"sign-ins/{txn.public_id}/not-me/").status_code == 404
    assert txn.public_id not in nora.text("sign-ins/")


@pytest.mark.product("me-3")
def test_the_language_is_that_of_pages_and_messages(nora):
    nora.post("language/", language="nb")
    nora.user.refresh_from_db()

    assert nora.user.language == "nb"
    assert '<html lang="nb">' in nora.get().content.decode()
    assert nora.post("language/", language="xx").status_code == 404


def test_the_first_page_costs_as_much_with_many_rows_as_with_few(nora):
    with CaptureQueriesContext(connection) as few:
        nora.text()
    for _count in range(7):
        AuthenticatorFactory(user=nora.user, method="webauthn", address_hash=f"{_count}")
        TransactionFactory(authenticator=nora.app, site=SiteFactory(customer=nora.customer))
        trusted(nora, SiteFactory(customer=nora.customer))
    with CaptureQueriesContext(connection) as many:
        nora.text()

    assert len(few) == len(many) == 13


@pytest.mark.parametrize("path", ["", "sign-ins/", "add/", "ways/{}/", "ways/{}/remove/", "phone/", "lost/"])
def test_looking_changes_nothing_and_nothing_is_kept_by_a_cache(nora, path):
    nora.user.phone = "+4740012345"
    nora.user.save()
    before = list(AuditRecord.objects.values_list("pk")), Transaction.objects.count(), Message.objects.count()

    response = nora.get(path.format(nora.app.public_id))

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert (list(AuditRecord.objects.values_list("pk")), Transaction.objects.count(), Message.objects.count()) == before


def test_a_change_needs_the_forms_token(nora):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = nora.browser.cookies

    assert strict.post(nora.url("sessions/end/")).status_code == 403


@pytest.mark.product("me-1")
def test_every_mail_to_an_end_user_leads_to_their_pages_and_none_to_a_member_does():
    customer = CustomerFactory(slug="nordvik")
    person, member = UserFactory(customer=customer), MembershipFactory(customer=customer).user
    letters = [
        delivery.compose(
            MessageFactory(customer=customer, kind="mfa.factor_changed", user=user, context={"what": "added"})
        )
        for user in (person, member)
    ]

    assert "http://localhost:8000/me/nordvik/" in letters[0].text
    assert "http://localhost:8000/me/nordvik/" in letters[0].html
    assert "/me/" not in letters[1].text + letters[1].html


def test_members_find_their_own_door_and_not_this_one():
    member = MembershipFactory().user
    AuthenticatorFactory(user=member)
    person = SimpleNamespace(customer=member.customer)
    browser = Client()
    url = f"/me/{person.customer.slug}/in/"
    browser.post(url, {"username": member.username, "method": "totp"})

    assert "did not open" in words(browser.post(url, {"answer": "code", "code": app_code(SECRET)}))
