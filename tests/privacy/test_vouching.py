"""Who has nothing but a mailbox: their site or its owner vouches, and they open their copy; a thief gets nothing."""

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import ApiKey, AuditRecord
from accounts.scopes import Scope
from mfa import codes
from mfa.models import Visit
from mfa.verbs import knocking
from privacy.models import Evidence, PrivacyRequest
from privacy.moves import State
from privacy.verbs import packing, proving, vouching
from tests.factories import ApiKeyFactory
from tests.mfa.api.client import program
from tests.mfa.hosted.me.person import Person
from tests.privacy.asking import Case, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-47")]


@pytest.fixture
def nora():
    """Somebody without any factor of their own; their site has a key."""
    case = Case(username="x@nordvik.example")
    person = Person(customer=case.customer, first_name="Nora")
    person.app.delete()
    person.case, person.key = case, ApiKeyFactory(site__customer=case.customer)
    return person


def token_of(person, *, at=0, secret="", nonce="nonce-of-site"):
    number, name = person.customer.number, person.user.username
    return vouching.sign(number, secret or person.key.secret, name, int(at or time.time()), nonce)


def by_site(person, **how):
    return person.post(f"rights/from-site/{token_of(person, **how)}")


def by_mailbox(person):
    person.knock("email_code")
    knocking.ask_who_knocked()
    txn = Visit.objects.select_related("transaction").latest("pk").transaction
    person.post("in/", answer="code", code=codes.derive(txn))


def asked(person, kind="access"):
    person.post(f"rights/ask/{kind}/")
    return PrivacyRequest.objects.select_related("user", "customer").get(person=person.user.pk)


@pytest.mark.requirement("R-67")
def test_a_site_vouches_by_a_signed_token_and_its_word_is_the_evidence(nora):
    assert "it tells us that it is you" in nora.text(f"rights/from-site/{token_of(nora)}")
    assert by_site(nora)["Location"] == nora.url("rights/")
    assert "Your site vouches for you" in nora.text("rights/")
    row = asked(nora)
    proof = row.evidence.get()
    assert (proof.way, proof.method, proof.by) == (Evidence.Way.SITE, "", nora.key.site_id)
    assert fresh(row).state == State.WORKING
    packing.make(row.pk)

    page = nora.text(f"rights/{row.public_id}/copy/")
    file = nora.get(f"rights/{row.public_id}/copy/my-data.json")

    assert nora.user.username in page
    assert json.loads(b"".join(file.streaming_content))["person"] == nora.user.username


def test_a_token_lets_in_once(nora):
    token = token_of(nora)
    nora.post(f"rights/from-site/{token}")
    nora.browser.cookies.clear()

    assert nora.post(f"rights/from-site/{token}").status_code == 410


@pytest.mark.parametrize("wrong", ["late", "early", "key", "revoked", "bent", "nothing"])
def test_a_token_that_is_not_right_lets_nobody_in(nora, wrong):
    token = {
        "late": lambda: token_of(nora, at=time.time() - 301),
        "early": lambda: token_of(nora, at=time.time() + 301),
        "key": lambda: token_of(nora, secret=ApiKeyFactory().secret),
        "revoked": lambda: token_of(nora),
        "bent": lambda: token_of(nora)[:-1] + "x",
        "nothing": lambda: "nothing",
    }[wrong]()
    if wrong == "revoked":
        ApiKey.objects.update(revoked_at="2026-01-01T00:00Z")

    assert nora.post(f"rights/from-site/{token}").status_code == 410
    assert nora.get("rights/").status_code == 302
    assert not AuditRecord.objects.filter(action="privacy.vouched_entry").exists()


def test_to_follow_the_link_decides_nothing(nora):
    nora.get(f"rights/from-site/{token_of(nora)}")

    assert nora.get("rights/").status_code == 302


def test_the_sites_word_opens_none_of_the_other_own_pages(nora):
    by_site(nora)

    assert nora.user.username not in nora.text()
    for path in ("data/", "sign-ins/", "add/", "more/"):
        assert nora.get(path).status_code == 302, path


def test_a_sites_word_ends_after_ten_minutes(nora, time_machine):
    by_site(nora)
    time_machine.move_to(timezone.now() + timedelta(seconds=601))

    assert nora.get("rights/").status_code == 302


def test_a_site_cannot_vouch_for_a_member_or_another_customers_person(nora):
    other = Person(username="ola@other.example")
    owner = nora.case.owner
    for name in (other.user.username, owner.username):
        token = vouching.sign(nora.customer.number, nora.key.secret, name, int(time.time()), f"nonce-{name[:3]}-1")
        page = nora.post(f"rights/from-site/{token}")
        assert "We cannot let you in here" in page.content.decode()
        assert nora.get("rights/").status_code == 302


def test_an_open_request_goes_on_once_the_person_says_at_the_site_that_it_is_theirs(nora):
    by_mailbox(nora)
    row = asked(nora)
    assert fresh(row).state == State.EVIDENCE
    by_site(nora)
    assert fresh(row).state == State.EVIDENCE

    assert "Yes, I asked for this" in nora.text(f"rights/{row.public_id}/")
    nora.post(f"rights/{row.public_id}/vouch/")

    assert fresh(row).state == State.WORKING


def test_the_customers_word_lets_who_has_only_a_mailbox_open_their_copy(nora):
    by_mailbox(nora)
    row = asked(nora)
    assert nora.get(f"rights/{row.public_id}/copy/").status_code == 302
    proving.vouch(row, "stood at the desk", nora.case.decider)
    packing.make(row.pk)

    assert "Open your copy" in nora.text(f"rights/{row.public_id}/")
    assert nora.user.username in nora.text(f"rights/{row.public_id}/copy/")
    assert fresh(row).evidence.filter(way=Evidence.Way.CUSTOMER).count() == 1


def test_a_thief_in_the_mailbox_of_who_has_a_factor_reads_nothing_though_it_was_vouched_for():
    case = Case(username="x@nordvik.example")
    victim = Person(customer=case.customer)
    by_mailbox(victim)
    row = asked(victim)
    proving.vouch(row, "known at the desk", case.decider)
    packing.make(row.pk)

    page = victim.get(f"rights/{row.public_id}/copy/")

    assert page.status_code == 302
    assert "Open your copy" not in victim.text(f"rights/{row.public_id}/")


def test_a_mailbox_alone_cannot_vouch_for_itself(nora):
    by_mailbox(nora)
    row = asked(nora)

    nora.post(f"rights/{row.public_id}/vouch/")

    assert fresh(row).state == State.EVIDENCE


def test_a_program_asks_for_a_link_that_lets_its_person_in_once(nora):
    one = program(Scope.PRIVACY, customer=nora.customer)
    made = one.post(f"users/{nora.user.public_id}/rights-links")
    assert one.status == 201
    path = made["url"].removeprefix(settings.PUBLIC_URL)
    assert "it tells us that it is you" in nora.browser.get(path).content.decode()
    assert nora.get("rights/").status_code == 302
    assert nora.browser.post(path)["Location"] == nora.url("rights/")

    row = asked(nora)
    assert fresh(row).state == State.WORKING
    assert row.evidence.get().by == one.token.pk
    nora.browser.cookies.clear()
    assert nora.browser.post(path).status_code == 410


def test_a_program_without_the_scope_vouches_for_nobody(nora):
    one = program(Scope.HELP, customer=nora.customer)

    one.post(f"users/{nora.user.public_id}/rights-links")

    assert one.status == 403


def test_a_program_of_another_customer_finds_nobody(nora):
    one = program(Scope.PRIVACY)

    one.post(f"users/{nora.user.public_id}/rights-links")

    assert one.status == 404
