"""The person's own pages about their data: asked by click, proven by factor, seen until the end."""

import re

import pytest

from accounts.models import Message, User
from accounts.sessions import SessionStore
from mfa import codes
from mfa.models import Authenticator, Transaction, Visit
from mfa.verbs import knocking
from privacy.models import PrivacyRequest
from privacy.moves import Kind, State
from privacy.verbs import deciding, requesting
from tests.mfa.hosted.me.person import Person, words
from tests.privacy.asking import Case, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    case = Case(username="x@nordvik.example")
    person = Person(customer=case.customer)
    person.case = case
    return person


def half(person):
    """The person's browser after a proof of the mailbox alone."""
    person.knock("email_code")
    knocking.ask_who_knocked()
    txn = Visit.objects.select_related("transaction").latest("pk").transaction
    assert person.post("in/", answer="code", code=codes.derive(txn)).status_code == 302
    return person


def request_of(person):
    return PrivacyRequest.objects.select_related("user", "customer").get(person=person.user.pk)


@pytest.mark.requirement("R-59", "R-47")
def test_a_person_asks_proves_and_sees_where_it_stands(nora):
    nora.enter()
    assert "Your data and your rights" in nora.text()
    asked = nora.post("rights/ask/erasure/", text="I leave.")
    row = request_of(nora)
    assert asked["Location"] == nora.url(f"rights/{row.public_id}/prove/")
    assert row.state == State.EVIDENCE

    nora.post(f"rights/{row.public_id}/prove/", method="totp")
    wrong = words(nora.post(f"rights/{row.public_id}/prove/", code="000000"))
    assert "tries left" in wrong
    assert fresh(row).state == State.EVIDENCE
    nora.post(f"rights/{row.public_id}/prove/", code=nora.code())
    assert fresh(row).state == State.COOLING

    page = nora.text(f"rights/{row.public_id}/")
    assert "Waits before it is carried out" in page
    assert "I leave." in page
    assert "It is called off" in nora.said(f"rights/{row.public_id}/cancel/")
    assert fresh(row).state == State.CANCELLED
    assert "Called off" in nora.text("rights/")


@pytest.mark.requirement("R-47")
def test_a_mailbox_alone_may_ask_and_reads_nothing(nora):
    half(nora)
    assert "Your data and your rights" in nora.text("more/")
    asked = nora.post("rights/ask/access/")
    row = request_of(nora)
    assert asked["Location"] == nora.url(f"rights/{row.public_id}/prove/")
    requesting.say(row, "Your number ends in 123.", nora.case.decider)

    page = nora.text(f"rights/{row.public_id}/")
    assert "ends in 123" not in page
    assert "Prove more than a mailbox" in page
    assert row.evidence.get().height == 1
    assert fresh(row).state == State.EVIDENCE


def test_who_has_nothing_but_a_mailbox_learns_who_can_vouch(nora):
    Authenticator.objects.all().delete()
    half(nora)
    nora.post("rights/ask/access/")
    page = nora.text(f"rights/{request_of(nora).public_id}/prove/")
    assert "can vouch for you" in page
    assert "the clock stands still" in page


@pytest.mark.requirement("R-47")
@pytest.mark.parametrize("path", ["", "ask/access/", "0123456789012345678901/", "0123456789012345678901/prove/"])
def test_a_stranger_is_led_to_the_door_whatever_is_there(nora, path):
    assert nora.get(f"rights/{path}")["Location"].startswith(nora.url())
    nora.knock(username="nobody@nordvik.example")
    known = nora.post("in/", answer="code", code="000000")
    assert known.status_code == 200
    assert not PrivacyRequest.objects.exists()


def test_anothers_request_is_not_found(nora):
    theirs = nora.case.ask(Kind.ACCESS)
    nora.enter()
    for path in (f"rights/{theirs.public_id}/", f"rights/{theirs.public_id}/prove/"):
        assert nora.get(path).status_code == 404
    assert nora.post(f"rights/{theirs.public_id}/cancel/").status_code == 404


@pytest.mark.requirement("R-63", "R-64")
def test_a_corrected_address_counts_once_it_is_proven_and_the_old_one_is_told(nora):
    old = nora.user.email
    nora.enter()
    nora.post("rights/ask/rectification/", about="email", proposed="new@nordvik.example")
    row = request_of(nora)
    nora.post(f"rights/{row.public_id}/prove/", method="totp")
    nora.post(f"rights/{row.public_id}/prove/", code=nora.code())
    deciding.grant(fresh(row), nora.case.decider)
    assert fresh(row).state == State.VERIFYING
    assert User.objects.get(pk=nora.user.pk).email == old  # not yet

    nora.post(f"rights/{row.public_id}/verify/", send="1")
    txn = Transaction.objects.latest("pk")
    assert txn.user is None
    assert Message.objects.get(transaction=txn.public_id).to == "new@nordvik.example"
    assert "tries left" in words(nora.post(f"rights/{row.public_id}/verify/", code="000000"))
    nora.post(f"rights/{row.public_id}/verify/", code=codes.derive(txn))

    user = User.objects.get(pk=nora.user.pk)
    assert user.email == "new@nordvik.example"
    assert user.email_confirmed_at is not None
    assert fresh(row).state == State.DONE
    assert Message.objects.get(kind="privacy.address_changed").to == old


@pytest.mark.requirement("R-64")
def test_the_code_of_a_correction_goes_to_the_new_address_where_known_ones_alone_sign_in(nora):
    nora.customer.strict_addresses = True
    nora.customer.save()
    row = PrivacyRequest.objects.get(
        pk=nora.enter().post("rights/ask/rectification/", about="email", proposed="new@nordvik.example")
        and request_of(nora).pk
    )
    nora.post(f"rights/{row.public_id}/prove/", method="totp")
    nora.post(f"rights/{row.public_id}/prove/", code=nora.code())
    deciding.grant(fresh(row), nora.case.decider)
    nora.post(f"rights/{row.public_id}/verify/", send="1")

    assert Message.objects.filter(kind="mfa.code").latest("pk").to == "new@nordvik.example"


@pytest.mark.requirement("R-64")
def test_an_empty_name_is_completed(nora):
    User.objects.filter(pk=nora.user.pk).update(last_name="")
    nora.enter()
    nora.post("rights/ask/rectification/", about="last_name", proposed="Lien")
    row = request_of(nora)
    assert row.state == State.OPEN  # the factor that opened the pages is proof enough
    deciding.grant(row, nora.case.decider)
    assert User.objects.get(pk=nora.user.pk).last_name == "Lien"


def test_a_number_that_is_none_is_not_asked_for(nora):
    nora.enter()
    page = words(nora.post("rights/ask/rectification/", about="phone", proposed="call me"))
    assert "no number we can reach" in page
    assert not PrivacyRequest.objects.exists()


def test_the_session_says_by_which_method_it_was_opened(nora):
    nora.enter()
    assert re.fullmatch("totp", SessionStore(nora.session().session_key)["method"])
