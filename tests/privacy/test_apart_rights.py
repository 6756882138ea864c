"""Whose data is out of use still comes in to ask about it, by factor, mailbox, site or mail, and for nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import audit
from accounts.models import Message, User
from mfa import codes
from mfa import verbs as mfa
from mfa.contract import Refusal, Verdict
from mfa.models import Visit
from mfa.verbs import knocking
from privacy.models import PrivacyRequest, SetAside
from privacy.moves import Kind, State
from privacy.verbs import apart, deciding, packing, receiving, working
from tests.factories import ApiKeyFactory, MessageFactory
from tests.mfa.hosted.me.person import Person
from tests.privacy.asking import Case, fresh
from tests.privacy.test_receiving import mail
from tests.privacy.test_vouching import by_site

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-46")]
EMAIL = "Nora@fjord.example"


@pytest.fixture
def nora():
    """Somebody with an app whose data was set aside."""
    case = Case(username="x@nordvik.example")
    person = Person("nora-b", customer=case.customer, email=EMAIL, phone="+4791234567")
    person.case, person.key = case, ApiKeyFactory(site__customer=case.customer)
    case.user, case.person = person.user, audit.end_user(person.user, audit.NOWHERE)
    apart.put(person.user, SetAside.Why.REQUEST, timezone.now() + timedelta(days=30), audit.SYSTEM)
    return person


def enter(person):
    person.knock(username="nora-b")
    return person.post("in/", answer="code", code=person.code())


def asked(person):
    return PrivacyRequest.objects.select_related("user", "customer").get(person=person.user.pk)


def test_by_a_factor_they_ask_and_read_their_copy_and_are_told_by_mail(nora):
    assert enter(nora).status_code == 302
    assert "Your data is out of use" in nora.text()
    assert "answered all the same" in nora.text("rights/")
    nora.post("rights/ask/access/")
    row = asked(nora)
    assert (row.state, row.evidence.get().method) == (State.WORKING, "totp")

    packing.make(row.pk)
    assert EMAIL in nora.text(f"rights/{row.public_id}/copy/")
    told = Message.objects.filter(user=nora.user, kind="privacy.request_news")
    assert {one.to for one in told} == {EMAIL}


def test_by_a_mailbox_they_ask_and_prove_more_by_their_factor(nora):
    nora.knock("email_code", username="nora-b")
    assert knocking.ask_who_knocked() == 1
    assert Message.objects.get(kind="mfa.code").to == EMAIL
    txn = Visit.objects.select_related("transaction").latest("pk").transaction
    nora.post("in/", answer="code", code=codes.derive(txn))
    proves = nora.post("rights/ask/access/")["Location"]
    row = asked(nora)
    assert row.state == State.EVIDENCE

    nora.browser.post(proves, {"method": "totp"})
    nora.browser.post(proves, {"code": nora.code()})
    assert fresh(row).state == State.WORKING
    packing.make(row.pk)
    assert nora.get(f"rights/{row.public_id}/copy/").status_code == 302, "a mailbox alone reads no copy"


def test_by_the_word_of_their_site(nora):
    nora.user.username = "nora-b"
    by_site(nora)
    nora.post("rights/ask/access/")
    assert asked(nora).state == State.WORKING


def test_by_mail_to_the_published_address(nora):
    link = receiving.take(mail(EMAIL.upper()))
    row = asked(nora)
    assert (row.kind, row.state) == (Kind.ACCESS, State.EVIDENCE)
    assert receiving.requests_of(link) == [row]
    assert receiving.take(mail("stranger@fjord.example"))
    assert PrivacyRequest.objects.count() == 1


@pytest.mark.requirement("R-45")
def test_it_opens_no_sign_in(nora):
    enter(nora)
    user = User.objects.select_related("customer").get(pk=nora.user.pk)
    for method in ("totp", "email_code"):
        assert isinstance(mfa.begin(user.customer, method=method, user=user, by=audit.SYSTEM), Refusal)
    begun = mfa.begin(user.customer, method="totp", user=user, by=audit.SYSTEM, for_rights=True)
    for judged in (
        mfa.verify(user.customer, begun.transaction.public_id, nora.code(), audit.SYSTEM),
        mfa.verify_direct(user, ["totp"], nora.code(), audit.SYSTEM),
    ):
        assert judged.verdict is Verdict.EXPIRED
    for page in ("sign-ins/", "again/", "more/"):
        assert nora.get(page)["Location"].split("?")[0] == nora.url()


@pytest.mark.requirement("R-45")
def test_their_messages_are_kept_apart_with_them_and_what_is_sent_since_is_emptied():
    case = Case(username="x@nordvik.example", email=EMAIL)
    old = MessageFactory(user=case.user, to=EMAIL, context={"username": "x@nordvik.example"}, state="sent")
    waits = MessageFactory(user=case.user, to=EMAIL, state="queued")
    apart.put(case.user, SetAside.Why.REQUEST, timezone.now() + timedelta(days=30), audit.SYSTEM)
    since = MessageFactory(user=case.user, to=EMAIL, state="sent", finished_at=timezone.now())
    assert working.work()["messages emptied"] == 1

    since.refresh_from_db()
    assert (since.to, since.to_masked) == (None, "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(m::text, '') FROM accounts_message m")
        stored = cursor.fetchone()[0].casefold()
    assert not [word for word in ("nordvik", "fjord") if word in stored]
    assert Message.objects.get(pk=waits.pk).state == Message.State.EXPIRED
    apart.back(User.objects.select_related("customer").get(pk=case.user.pk), audit.SYSTEM)
    again = Message.objects.get(pk=old.pk)
    assert (again.to, again.context) == (EMAIL, {"username": "x@nordvik.example"})


@pytest.mark.requirement("R-63")
def test_a_correction_meanwhile_is_kept_apart_as_well(nora):
    nora.case.user = User.objects.select_related("customer").get(pk=nora.user.pk)
    row = nora.case.proven(Kind.RECTIFICATION, about="first_name", proposed="Eleonora")
    deciding.grant(row, nora.case.decider)

    user = User.objects.select_related("customer").get(pk=nora.user.pk)
    assert (user.first_name, apart.whole(user).first_name) == ("", "Eleonora")
    apart.back(user, audit.SYSTEM)
    assert User.objects.get(pk=user.pk).first_name == "Eleonora"
