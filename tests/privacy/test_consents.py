"""Consent to what is optional: a switch each, off by default, proven, taken back as easily, asked again if changed."""

import hashlib
from dataclasses import replace

import pytest
from django.urls import reverse

from accounts import audit
from accounts.console.registry import TILES
from accounts.http import NOWHERE
from accounts.models import Role
from privacy.console import choices as console
from privacy.models import Agreement, Consent, NewsReader, PageUse
from privacy.purposes import FINGERPRINT, NEWS, PERSONALISATION, PURPOSES
from privacy.verbs import consenting
from rba import switches, verbs
from rba.models import RiskDecision, RiskProfile
from tests.factories import UserFactory, member
from tests.rba.test_assessing import HOME, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return member(Role.OWNER)


def give(user, purpose):
    return consenting.give(user, purpose, audit.member(user, NOWHERE))


@pytest.mark.requirement("R-20", "R-24", "R-25")
def test_every_switch_is_off_until_it_is_switched_on(owner):
    assert owner.consented == []
    assert {one.purpose.key for one in consenting.choices(owner)} == {FINGERPRINT, PERSONALISATION, NEWS}
    assert not any(one.consent for one in consenting.choices(owner))


@pytest.mark.requirement("R-20")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_purpose_is_a_switch_of_its_own(owner, purpose):
    give(owner, purpose)

    owner.refresh_from_db()
    assert owner.consented == [purpose]
    assert [one.purpose.key for one in consenting.choices(owner) if one.consent] == [purpose]


@pytest.mark.requirement("R-54")
def test_a_consent_proves_version_text_time_and_way(owner):
    proof = give(owner, NEWS)

    assert proof.question == str(PURPOSES[NEWS].question)
    assert proof.text_hash == hashlib.sha256(proof.question.encode()).hexdigest()
    assert (proof.wording, proof.way, proof.language, proof.person) == (1, "own", "en", owner.pk)
    assert proof.at is not None
    assert not Agreement.objects.exists()


@pytest.mark.requirement("R-54")
def test_taking_back_is_one_click_as_giving_is(owner, client):
    client.force_login(owner)
    address = reverse("privacy_console:choose")

    client.post(address, {"purpose": NEWS, "answer": "yes"})
    assert NewsReader.objects.count() == 1
    client.post(address, {"purpose": NEWS, "answer": "no"})

    assert not NewsReader.objects.exists()
    assert not Consent.objects.get().holds


@pytest.mark.requirement("R-54")
def test_the_receipt_of_a_yes_can_be_kept_and_is_its_persons_alone(owner, client):
    proof = give(owner, NEWS)
    address = reverse("privacy_console:choice_receipt", args=[proof.public_id])
    client.force_login(owner)
    text = client.get(address).content.decode()
    assert proof.text_hash in text and proof.question in text and proof.public_id in text

    client.force_login(member(Role.OWNER))
    assert client.get(address).status_code == 404


@pytest.mark.requirement("R-54")
def test_the_account_page_offers_the_switches_and_presets_none(owner, client):
    client.force_login(owner)

    page = client.get(reverse("console:account")).content.decode()

    assert page.count('name="answer" value="yes"') == len(PURPOSES)
    assert 'name="answer" value="no"' not in page


@pytest.mark.requirement("R-20")
def test_a_version_that_changes_a_purpose_ends_the_consent_and_asks_again(owner):
    give(owner, PERSONALISATION)
    give(owner, NEWS)

    assert consenting.end_by_version([PERSONALISATION, "unknown"]) == 1

    owner.refresh_from_db()
    assert owner.consented == [NEWS]
    assert NewsReader.objects.count() == 1
    again = {one.purpose.key: one.is_asked_again for one in consenting.choices(owner)}
    assert again == {FINGERPRINT: False, PERSONALISATION: True, NEWS: False}


@pytest.mark.requirement("R-20", "R-24")
def test_the_start_page_has_first_what_its_member_uses(owner, client):
    give(owner, PERSONALISATION)
    client.force_login(owner)
    membership = owner.memberships.get()
    membership.user.refresh_from_db()
    usual = sorted(TILES, key=lambda tile: tile.order)
    last = usual[-1]

    client.get(reverse(last.url_name))

    membership.user.refresh_from_db()
    assert PageUse.objects.get().page == last.url_name
    assert console.in_order(membership, usual)[0].url_name == last.url_name


@pytest.mark.requirement("R-20", "R-24")
def test_without_the_switch_nothing_is_counted_and_the_page_is_everybodys(owner, client):
    client.force_login(owner)
    membership = owner.memberships.get()
    usual = sorted(TILES, key=lambda tile: tile.order)

    client.get(reverse(usual[-1].url_name))

    assert not PageUse.objects.exists()
    assert console.in_order(membership, usual) == usual


@pytest.mark.requirement("R-20", "R-44")
def test_switching_off_deletes_what_was_counted(owner, client):
    give(owner, PERSONALISATION)
    client.force_login(owner)
    client.get(reverse(TILES[0].url_name))
    assert PageUse.objects.exists()

    consenting.take_back(owner, PERSONALISATION, audit.SYSTEM)

    assert not PageUse.objects.exists()


@pytest.mark.requirement("R-20", "R-24")
def test_an_end_user_is_asked_about_nothing_that_is_for_members():
    assert [one.purpose.key for one in consenting.choices(UserFactory())] == [FINGERPRINT]


@pytest.mark.requirement("R-20", "R-33")
@pytest.mark.parametrize("end", ["taken back", "another purpose"])
def test_when_the_consent_to_the_fingerprint_ends_nothing_of_it_is_kept(end):
    user = UserFactory()
    switches.switch(user.customer, switches.BY_DEFAULT | {FINGERPRINT}, audit.SYSTEM, reason="Stolen passwords")
    give(user, FINGERPRINT)
    verbs.assess(wish(user, "one", replace(HOME, fingerprint="f1")))
    assert verbs.prove(user.customer, "one")
    assert FINGERPRINT in str(RiskProfile.objects.get(user=user).history)

    if end == "taken back":
        consenting.take_back(user, FINGERPRINT, audit.SYSTEM)
    else:
        consenting.end_by_version([FINGERPRINT])

    profile, decision = RiskProfile.objects.get(user=user), RiskDecision.objects.get(user=user)
    assert FINGERPRINT not in str(profile.history) and FINGERPRINT not in decision.attempt["marks"]
    assert profile.history["proofs"] == 1 and "browser" in decision.attempt["marks"]
