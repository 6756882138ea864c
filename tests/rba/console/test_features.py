"""The page that switches kinds of data on and off: in plain words, right-checked, after a fresh proof, audited."""

import pytest
from django.urls import reverse

from accounts.models import AuditRecord, Role
from rba import switches
from rba.console.features import WITHOUT
from rba.contract import FEATURES
from rba.models import RiskSettings
from tests.factories import MembershipFactory
from tests.routes.world import browser

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-33")]
PAGE, SWITCH = reverse("rba_console:features"), reverse("rba_console:features_switch")


@pytest.fixture
def owner():
    return MembershipFactory(role=Role.OWNER)


def test_every_kind_says_what_it_keeps_and_what_its_absence_costs_and_the_fingerprint_is_off(owner):
    page = browser(owner.user).get(PAGE).content.decode()

    assert set(WITHOUT) == set(FEATURES)
    for key, feature in FEATURES.items():
        assert str(feature.label) in page and str(WITHOUT[key]) in page
    assert page.count("badge--good") == 7 and page.count("badge--idle") == 1


def test_kinds_are_switched_off_and_the_fingerprint_on_with_a_reason_alone(owner):
    page = browser(owner.user)
    wanted = {"location": "on", "fingerprint": "on", "save": "1"}
    assert "with a reason only" in page.post(SWITCH, wanted).content.decode()
    assert not RiskSettings.objects.exists()

    assert page.post(SWITCH, {**wanted, "reason": "Stolen passwords in May"})["Location"] == PAGE

    assert switches.features_of(owner.customer_id) == {"location", "fingerprint"}
    record = AuditRecord.objects.get(action="rba.switched")
    assert (record.actor_id, record.facts["after"]) == (owner.user_id, ["fingerprint", "location"])
    assert "Stolen passwords in May" in page.get(PAGE).content.decode()
    page.post(SWITCH, {"save": "1"})
    assert "Nothing is looked at" in page.get(PAGE).content.decode()
    assert RiskSettings.objects.get().reason == ""


def test_only_who_may_and_has_proved_it_lately_switches(owner):
    reader = browser(MembershipFactory(customer=owner.customer, role=Role.READ_ONLY).user)
    assert reader.get(PAGE).status_code == 200
    assert reader.get(SWITCH).status_code == reader.post(SWITCH, {"save": "1"}).status_code == 403
    stale = browser(owner.user)
    session = stale.session
    session["proved_at"] = 0
    session.save()
    assert stale.post(SWITCH, {"save": "1"}).status_code == 302
    assert not RiskSettings.objects.exists()
