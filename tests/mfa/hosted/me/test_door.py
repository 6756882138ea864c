"""The door of the person's own pages: known and unknown names are answered alike, and a mailbox opens nothing."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditRecord, Message, Session
from mfa import codes
from mfa.contract import METHODS
from mfa.models import Authenticator, Policy, Transaction, Visit
from mfa.policies import Rule
from mfa.verbs import enrolling, knocking, visiting
from tests.factories import AuthenticatorFactory, CustomerFactory, TransactionFactory, UserFactory
from tests.mfa.hosted.me.person import Person, words
from tests.mfa.proving import prover

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return Person()


def passkey_asked(browser, person):
    """Press "Use a passkey", and read what the browser is asked."""
    browser.post(person.url("in/"), {"with": "passkey"})
    return browser.get(person.url("in/")).context["step"].prompt.options


def mailed_code(person):
    knocking.ask_who_knocked()
    return codes.derive(Visit.objects.select_related("transaction").latest("pk").transaction)


@pytest.mark.product("me-1")
def test_a_code_of_the_app_opens_the_pages_and_the_session_knows_whose_it_is(nora):
    assert "Continue with your name" in nora.text()
    nora.enter()

    page = nora.text()
    assert "How you prove it is you" in page
    row = Session.objects.get(user=nora.user)
    assert (row.browser, row.customer) == ("Firefox, Windows", nora.customer)
    assert settings.ME_COOKIE_NAME in nora.browser.cookies
    assert settings.SESSION_COOKIE_NAME not in nora.browser.cookies
    assert AuditRecord.objects.filter(action="own.entered", person=nora.user.pk).exists()


def test_an_unknown_or_closed_customer_is_not_found_and_not_named(nora, client):
    nora.customer.suspended_at = timezone.now()
    nora.customer.save()

    for path in (nora.url(), "/me/no-such-customer/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "Nordvik" not in response.content.decode()


@pytest.mark.promise("S8")
@pytest.mark.parametrize("path", ["sign-ins/", "add/", "phone/", "again/", "ways/totp/", "ways/totp/remove/"])
def test_whoever_is_not_in_sees_the_door(nora, path):
    assert nora.get(path)["Location"].startswith(nora.url())
    assert nora.post(path).status_code in {302, 405}


@pytest.mark.promise("S8", "S9")
@pytest.mark.product("me-2")
def test_a_mailbox_alone_shows_nothing_but_how_to_prove_more(nora):
    nora.knock("email_code")
    response = nora.post("in/", answer="code", code=mailed_code(nora))
    assert response["Location"] == nora.url("more/")

    page = nora.text("more/")
    assert "alone does not open these pages" in page
    assert "Authenticator app" in page
    for path in ("", "sign-ins/", "add/", "phone/", "again/"):
        assert "How you prove it is you" not in words(nora.browser.get(nora.url(path), follow=True))
    assert not Session.objects.filter(user=nora.user).exists()

    nora.post("more/", method="totp")
    assert nora.post("more/", code=nora.code())["Location"] == nora.url()
    assert "How you prove it is you" in nora.text()


def test_who_has_a_mailbox_only_is_told_whom_to_ask(nora):
    Authenticator.objects.all().delete()
    nora.knock("email_code")
    nora.post("in/", answer="code", code=mailed_code(nora))

    assert "You have no other way yet" in nora.text("more/")


def same(one, other, *names):
    """Two pages without what differs on every page: the form's tokens, and the name that was typed."""
    strip = [re.sub(r'value="[A-Za-z0-9]{64}"', "", page.content.decode()) for page in (one, other)]
    return [page.replace(name, "NAME") for page, name in zip(strip, names, strict=True)]


@pytest.mark.promise("S21")
@pytest.mark.parametrize("key", [method.key for method in METHODS.values() if method.is_own])
@pytest.mark.product("me-1")
def test_a_known_and_an_unknown_name_get_one_answer(nora, key):
    stranger = Person("nobody@nordvik.example", customer=nora.customer)
    stranger.user.delete()
    if METHODS[key].needs_enrolment and key != "totp":
        AuthenticatorFactory(user=nora.user, method=key, data={"codes": {}})
    answers = []
    for person in (nora, stranger):
        name = person.user.username
        listed = person.post("in/", username=name)
        knocked = person.post("in/", username=name, method=key)
        asked = person.get("in/")
        knocking.ask_who_knocked()
        wrong = person.post("in/", answer="code", code="000000")
        answers.append((name, listed, knocked, asked, wrong))

    (known, *first), (unknown, *second) = answers
    for one, other in zip(first, second, strict=True):
        assert one.status_code == other.status_code
        assert one.get("Location") == other.get("Location")
        left, right = same(one, other, known, unknown)
        assert left == right


@pytest.mark.promise("S21")
@pytest.mark.parametrize("key", ["totp", "backup_code", "hotp", "email_code", "sms_code"])
def test_a_known_and_an_unknown_name_cost_the_same_statements_and_hashes(nora, key, monkeypatch):
    nora.user.phone = "+4740012345"
    nora.user.save()
    if key == "backup_code":
        enrolling.set_up(nora.user, key, knocking.audit.SYSTEM)
    elif key == "hotp":
        AuthenticatorFactory(user=nora.user, method=key)
    stranger = Person("nobody@nordvik.example", customer=nora.customer)
    stranger.user.delete()
    hashes = []
    hasher = type(get_hasher())
    real = hasher.verify
    monkeypatch.setattr(hasher, "verify", lambda self, *given: hashes.append(1) or real(self, *given))
    costs = []
    for person in (nora, stranger):
        name = person.user.username
        person.knock(key, name)  # rows that a first knock makes
        knocking.ask_who_knocked()
        person.post("in/", answer="code", code="000000")
        hashes.clear()
        with CaptureQueriesContext(connection) as knocked:
            person.knock(key, name)
        knocking.ask_who_knocked()
        with CaptureQueriesContext(connection) as answered:
            person.post("in/", answer="code", code="000000")
        costs.append((len(knocked), len(answered), len(hashes)))

    assert costs[0] == costs[1]


def test_nothing_is_sent_to_a_name_that_we_do_not_know(nora):
    nora.knock("email_code", "nobody@nordvik.example")

    assert knocking.ask_who_knocked() == 0
    assert not Message.objects.exists()


def test_whoever_knocks_is_asked_once(nora):
    nora.knock("email_code")

    assert [knocking.ask_who_knocked(), knocking.ask_who_knocked()] == [1, 0]
    assert Message.objects.count() == 1


@pytest.mark.promise("S20")
def test_a_strangers_thousand_wrong_answers_leave_the_owner_their_door(nora):
    for count in range(60):
        stranger = Person.__new__(Person)
        stranger.customer, stranger.user, stranger.app = nora.customer, nora.user, nora.app
        stranger.browser = type(nora.browser)(REMOTE_ADDR=f"198.51.{count}.7")
        stranger.knock()
        stranger.post("in/", answer="code", code="000000")

    nora.enter()
    assert "How you prove it is you" in nora.text()


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_a_browser_that_let_its_person_in_is_not_kept_waiting_by_the_network_it_shares(nora):
    nora.enter()
    nora.browser.cookies.pop(settings.ME_COOKIE_NAME)
    stranger = nora.browser.__class__(headers=dict(nora.browser.defaults))
    for _ in range(7):
        stranger.post(nora.url("in/"), {"username": nora.user.username, "method": "totp"})
        said = words(stranger.post(nora.url("in/"), {"answer": "code", "code": "000000"}))
    assert "too many were tried" in said
    assert "did not open the door" in words(stranger.post(nora.url("in/"), {"answer": "code", "code": nora.code()}))

    nora.enter()
    assert "How you prove it is you" in nora.text()


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_forged_answers_in_a_passkeys_name_do_not_keep_its_own_browser_waiting(nora):
    kept = prover("webauthn", nora.user).kept
    nora.enter()  # by the app, in the browser that the passkey is used in
    stranger, newcomer = (nora.browser.__class__(headers=dict(nora.browser.defaults)) for _ in range(2))
    options = passkey_asked(stranger, nora)
    for _ in range(5):
        stranger.post(nora.url("in/"), {"answer": "1", "credential": kept.sign(options, signature=b"forged")})

    def opens(browser):
        signed = kept.sign(passkey_asked(browser, nora))
        return browser.post(nora.url("in/"), {"answer": "1", "credential": signed}).status_code == 302

    nora.browser.cookies.pop(settings.ME_COOKIE_NAME)
    assert not opens(newcomer)
    assert opens(nora.browser)


@pytest.mark.promise("S20")
def test_a_mailbox_makes_no_lanes_to_guess_an_apps_codes_in(nora):
    nora.knock("email_code")
    nora.post("in/", answer="code", code=mailed_code(nora))
    visit = Visit.objects.get()

    assert visit.state == Visit.State.APPROVED
    assert visiting.has_lane(nora.user.pk, visit.browser, "email_code")
    assert not visiting.has_lane(nora.user.pk, visit.browser, "totp")


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_a_code_is_mailed_to_who_knocks_though_a_site_made_everybody_wait(nora):
    nora.knock("email_code")
    knocking.ask_who_knocked()
    Authenticator.objects.filter(method="email_code").update(wait_until=timezone.now() + timedelta(minutes=30))
    nora.knock("email_code")

    assert knocking.ask_who_knocked() == 1
    assert Message.objects.filter(kind="mfa.code").count() == 2


@pytest.mark.promise("S20")
def test_who_knows_a_name_ends_nothing_that_its_person_was_asked_elsewhere(nora):
    asked = TransactionFactory(authenticator=nora.app)
    nora.knock()
    for _ in range(6):
        nora.post("in/", answer="code", code="000000")

    asked.refresh_from_db()
    assert (asked.state, asked.tries) == (Transaction.State.PENDING, 0)


@pytest.mark.promise("S20")
def test_who_knows_a_name_uses_up_nobodys_codes(nora):
    nora.knock("email_code")
    nora.post("in/", answer="code", code=mailed_code(nora))
    Message.objects.all().delete()
    for count in range(12):
        stranger = Person.__new__(Person)
        stranger.customer, stranger.user = nora.customer, nora.user
        stranger.browser = type(nora.browser)(REMOTE_ADDR=f"198.51.{count}.7")
        stranger.knock("email_code")
        knocking.ask_who_knocked()
    assert Message.objects.count() == knocking.KNOCKS - 1

    nora.knock("email_code")
    assert knocking.ask_who_knocked() == 1


@pytest.mark.promise("S4")
def test_every_spelling_of_a_name_is_the_one_person(nora):
    nora.knock(username=" NORA@Nordvik.example ")

    assert nora.post("in/", answer="code", code=nora.code()).status_code == 302
    assert "How you prove it is you" in nora.text()


@pytest.mark.promise("S10")
def test_a_name_of_another_customers_is_nobody_here(nora):
    other = CustomerFactory()
    AuthenticatorFactory(user=UserFactory(customer=other, username="per@other.example"), secret=nora.app.secret)
    nora.knock(username="per@other.example")

    assert "did not open the door" in words(nora.post("in/", answer="code", code=nora.code()))


@pytest.mark.parametrize("field", ["disabled_at", "erased_at"])
@pytest.mark.promise("S11")
def test_who_is_kept_out_does_not_come_in_and_is_out_at_once(nora, field):
    nora.enter()
    setattr(nora.user, field, timezone.now())
    nora.user.save()

    assert "Continue with your name" in nora.text()
    nora.knock()
    assert "did not open the door" in words(nora.post("in/", answer="code", code=nora.code()))


@pytest.mark.promise("S11")
def test_whose_data_is_out_of_use_is_out_at_once_and_comes_in_to_nothing_but_their_rights(nora):
    nora.enter()
    nora.user.restricted_at = timezone.now()
    nora.user.save()

    assert "Continue with your name" in nora.text()
    nora.knock()
    assert "Your data is out of use" in nora.said("in/", answer="code", code=nora.code())
    for page in ("sign-ins/", "more/", "again/", "phrase/"):
        assert nora.get(page)["Location"].split("?")[0] == nora.url()


def test_a_session_of_one_customers_pages_opens_no_others(nora):
    nora.enter()
    other = CustomerFactory(slug="other")

    assert "Continue with your name" in words(nora.browser.get(f"/me/{other.slug}/"))


def test_a_policy_of_app_codes_offers_nothing_else_at_the_door(nora):
    Policy.objects.create(customer=nora.customer, version=1, rules={Rule.METHODS: ["totp"]})

    page = words(nora.post("in/", username=nora.user.username))

    assert "Authenticator app" in page
    assert "Code by e-mail" not in page
    assert "Use a passkey" not in nora.text()


@pytest.mark.product("method-6")
def test_a_passkey_alone_opens_only_where_policy_says_so():
    passkey = METHODS["webauthn"]
    rules = knocking.policies.resolve([])
    strict = knocking.policies.resolve([SimpleNamespace(rules={Rule.PASSKEY_ALONE: False})])

    assert knocking.opens(passkey, rules)
    assert not knocking.opens(passkey, strict)
    assert not knocking.opens(METHODS["email_code"], rules)


def test_signing_out_ends_the_session_here(nora):
    nora.enter()
    nora.post("out/")

    assert not Session.objects.filter(user=nora.user).exists()
    assert "Continue with your name" in nora.text()


@pytest.mark.promise("S29")
def test_the_session_changes_its_key_when_the_door_opens(nora):
    nora.knock()
    before = nora.browser.cookies[settings.ME_COOKIE_NAME].value
    nora.post("in/", answer="code", code=nora.code())

    assert nora.browser.cookies[settings.ME_COOKIE_NAME].value != before


@pytest.mark.promise("S15")
@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/dashboard/", "/me/other/"])
def test_the_door_leads_to_no_other_place_than_these_pages(nora, to):
    nora.knock()

    assert nora.post("in/", answer="code", code=nora.code(), next=to)["Location"] == nora.url()
