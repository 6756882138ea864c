"""The person's own say about risk: this was me, this was not me, what is held, erasing it, the phrase of notices."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.assurance import Assurance
from accounts.messages import delivery
from accounts.models import AuditRecord, Message, Role, User
from mfa.models import TrustedDevice
from mfa.verbs import forgetting, notices
from rba.models import RiskDecision, RiskProfile
from rba.profile import Profile
from tests.factories import MembershipFactory, TransactionFactory
from tests.mfa.hosted.me.person import Person, words
from tests.mfa.hosted.me.test_home import trusted
from tests.rba.deciding_rows import USUAL, kept

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("N6")]
WHY = "A country you have not signed in from, and a browser you have not used before."


@pytest.fixture
def nora():
    person = Person().enter()
    RiskDecision.objects.all().delete()
    RiskProfile.objects.update(salt=b"s" * 16, history={})
    MembershipFactory(customer=person.customer, role=Role.OWNER)
    return person


def risky(nora, **more):
    """A sign-in of hers that looked risky."""
    txn = TransactionFactory(authenticator=nora.app, state="approved")
    return txn, kept(nora.user, name=txn.public_id, **more)


def profile_of(nora):
    return Profile.from_json(RiskProfile.objects.get(user=nora.user).history)


@pytest.mark.product("risk-why-3")
def test_recent_sign_ins_say_in_plain_words_why_they_looked_risky(nora):
    risky(nora)
    page = nora.text()

    assert WHY in page
    assert "deciban" not in page
    assert "98" not in WHY


def test_a_usual_sign_in_says_nothing_and_asks_nothing(nora):
    txn = TransactionFactory(authenticator=nora.app, state="approved")
    kept(nora.user, USUAL, name=txn.public_id)

    assert "was-me/" not in nora.text()


@pytest.mark.product("risk-why-4")
def test_this_was_me_teaches_once_and_the_list_remembers(nora):
    txn, _row = risky(nora)
    url = f"sign-ins/{txn.public_id}/was-me/"
    assert "We learn from it" in nora.text(url)
    assert profile_of(nora).proofs == 0

    for _each in range(2):
        assert "We know it as yours" in nora.said(url)

    assert profile_of(nora).proofs == 1
    assert AuditRecord.objects.filter(action="mfa.was_me").count() == 1
    assert "You told us that this was you" in nora.text()


@pytest.mark.product("risk-why-4")
def test_this_was_not_me_closes_warns_and_tells_once_however_often_it_is_said(nora):
    txn, _row = risky(nora)
    trusted(nora)
    url = f"sign-ins/{txn.public_id}/not-me/"

    for _each in range(2):
        nora.said(url)

    assert not TrustedDevice.objects.filter(ended_at=None).exists()
    assert profile_of(nora).careful(int(timezone.now().timestamp())) == Assurance.AAL2
    assert Message.objects.filter(kind="mfa.not_me").count() == 1
    assert AuditRecord.objects.filter(action="mfa.not_me").count() == 1
    assert "You told us that this was not you" in nora.text()


def test_what_was_not_theirs_cannot_be_made_theirs_afterwards(nora):
    txn, _row = risky(nora)
    nora.said(f"sign-ins/{txn.public_id}/not-me/")

    assert "That stands" in nora.said(f"sign-ins/{txn.public_id}/was-me/")
    assert profile_of(nora).proofs == 0


@pytest.mark.parametrize("said", ["was-me", "not-me"])
def test_another_persons_sign_in_is_neither_theirs_nor_not(nora, said):
    per = Person("per@nordvik.example", customer=nora.customer)
    txn = TransactionFactory(authenticator=per.app, state="approved")

    assert nora.post(f"sign-ins/{txn.public_id}/{said}/").status_code == 404


def test_looking_decides_nothing(nora):
    txn, _row = risky(nora)
    for said in ("was-me", "not-me"):
        nora.text(f"sign-ins/{txn.public_id}/{said}/")

    assert not AuditRecord.objects.filter(action__in=("mfa.was_me", "mfa.not_me")).exists()


@pytest.mark.product("risk-why-4")
def test_a_notice_leads_to_not_me_without_signing_in_and_works_once(nora):
    _txn, row = risky(nora)
    notices.risky(row)
    notices.risky(row)
    message = Message.objects.get(kind="mfa.risky")
    letter = delivery.compose(message)
    assert WHY in letter.text
    stranger = Client()
    token = links.token(message.link)

    page = stranger.get(reverse("link", args=[token]), follow=True)
    assert "It was not me" in words(page)
    assert not AuditRecord.objects.filter(action="mfa.not_me").exists()
    assert "Thank you for telling us" in words(stranger.post(reverse("link_page")))
    assert stranger.post(reverse("link_page")).status_code == 410

    assert AuditRecord.objects.filter(action="mfa.not_me").count() == 1
    assert "Continue with your name" in nora.text()
    with pytest.raises(delivery.Withdrawn):
        delivery.compose(Message.objects.get(pk=message.pk))


def test_a_notice_of_an_attempt_without_a_proof_can_be_answered_too(nora):
    row = kept(nora.user, would="deny", verdict="deny", band="high")
    notices.risky(row)
    stranger = Client()
    stranger.get(reverse("link", args=[links.token(Message.objects.get(kind="mfa.risky").link)]), follow=True)

    stranger.post(reverse("link_page"))

    assert AuditRecord.objects.get(action="mfa.not_me").object_id == str(row.pk)


@pytest.mark.product("risk-why-6")
@pytest.mark.requirement("N11")
def test_what_is_held_is_shown_and_what_follows_is_said_before_it_is_erased(nora):
    kept(nora.user, USUAL)
    assert "Sign-ins looked at" in nora.text("risk/")
    assert "For two weeks we ask for the strongest proof you have" in nora.text("risk/erase/")
    assert RiskDecision.objects.exists()

    assert "Your risk history is erased" in nora.said("risk/erase/")

    assert not RiskDecision.objects.exists()
    assert "Nothing yet" in nora.text("risk/")
    assert "asked for" not in delivery.compose(Message.objects.get(kind=forgetting.HISTORY)).subject


@pytest.mark.product("risk-why-6")
@pytest.mark.requirement("N11")
def test_after_a_risky_sign_in_erasing_waits_is_told_and_can_be_called_off(nora):
    _txn, _row = risky(nora)
    assert "waits three days" in nora.text("risk/erase/")

    nora.said("risk/erase/")
    nora.said("risk/erase/")

    assert RiskDecision.objects.exists()
    assert "we wait until" in delivery.compose(Message.objects.get(kind=forgetting.HISTORY)).text
    assert "This is erased soon" in nora.text("risk/")
    assert "Nothing is erased" in nora.said("risk/keep/")
    assert RiskProfile.objects.get(user=nora.user).erase_at is None


@pytest.mark.requirement("N11")
def test_when_the_wait_is_over_it_is_erased_and_told(nora):
    risky(nora)
    nora.said("risk/erase/")
    RiskProfile.objects.update(erase_at=timezone.now() - timedelta(seconds=1))

    forgetting.erase_due()

    assert not RiskDecision.objects.exists()
    assert Message.objects.filter(kind=forgetting.HISTORY, context__what="erased").count() == 1


@pytest.mark.parametrize("path", ["risk/erase/", "phrase/"])
def test_a_fresh_proof_comes_first(nora, path):
    session = nora.session()
    session["proved_at"] = 0
    session.save()

    assert "/again/" in nora.get(path)["location"]


@pytest.mark.product("risk-why-5")
def test_notices_carry_the_phrase_and_codes_and_other_addresses_do_not(nora):
    nora.said("phrase/", phrase="grønn hest på taket")
    assert "grønn hest på taket" in nora.text("phrase/")
    assert User.objects.get(pk=nora.user.pk).phrase == "grønn hest på taket"
    _txn, row = risky(nora)
    notices.risky(row)

    ours = Message.objects.get(kind="mfa.risky")
    letter = delivery.compose(ours)
    assert "grønn hest på taket" in letter.text
    assert "grønn hest på taket" in letter.html
    Message.objects.filter(pk=ours.pk).update(is_code=True)
    assert "grønn hest" not in delivery.compose(Message.objects.get(pk=ours.pk)).text
    Message.objects.filter(pk=ours.pk).update(is_code=False)
    User.objects.filter(pk=nora.user.pk).update(email="new@nordvik.example")
    assert "grønn hest" not in delivery.compose(Message.objects.get(pk=ours.pk)).text


def test_the_record_of_a_phrase_does_not_hold_it(nora):
    nora.said("phrase/", phrase="grønn hest")
    nora.said("phrase/", phrase="")

    facts = [one.facts for one in AuditRecord.objects.filter(action="user.phrase_set").order_by("pk")]
    assert facts == [{"has_one": True}, {"has_one": False}]
