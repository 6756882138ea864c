"""Risk at the prompt: it lets in, asks for more or refuses, says why, and learns only from who has proved it."""

import pytest

from accounts.assurance import Assurance
from mfa.models import Authenticator, Visit
from rba import deciding, switches
from rba.models import RiskDecision, RiskPolicy, RiskProfile, RiskSettings
from rba.policy import DEFAULT
from tests.mfa.compat.prompt.site import app_code, lead, returned
from tests.mfa.hosted.prompt.help import rule, text

pytestmark = pytest.mark.django_db
NEARBY = ["127.0.0.0/8"]
STRONG = {"outcome": "step_up", "minimum": int(Assurance.AAL2), "notice": False}


def enforce(pair, **document):
    """A risk policy that does what it says."""
    RiskPolicy.objects.create(customer=pair.customer, version=1, document={**DEFAULT, **document})
    deciding.forget(pair.customer_id)


def asks(pair, action, **lists):
    """A policy under which everybody who comes from here is refused, or asked for a strong proof."""
    everybody = {"refuse": [], "prove": [], "trust": [], **lists}
    enforce(pair, addresses={**everybody, "action": action}, no_answer={"action": STRONG})


def answer(client, path, **form):
    """What somebody does who looks at the page and gives the right code."""
    client.get(path)
    return client.post(path, {"code": app_code(), **form})


def decided():
    return RiskDecision.objects.latest("pk")


def test_a_proof_teaches_and_the_decision_says_all_that_was_told(client, path, nora):
    first = decided()
    assert (first.where, first.user, first.taught_at) == ("prompt", nora, None)

    answer(client, path, shown_zone="Europe/Oslo")

    row = RiskDecision.objects.get()
    assert row.taught_at is not None and "zone" in row.attempt["marks"] and "zone" not in first.attempt["marks"]
    assert RiskProfile.objects.get(user=nora).history["proofs"] == 1


def test_a_wrong_answer_teaches_nothing(client, path, nora):
    answer(client, path, code="000000")

    assert RiskProfile.objects.get(user=nora).history == {}
    assert decided().taught_at is None


@pytest.mark.product("risk-ask-3")
def test_the_page_asks_our_script_for_what_is_looked_at_and_nothing_else(client, site, nora, pair):
    page = text(client.get(lead(client, site, "nora")))
    assert 'data-shown="shown_zone"' in page and "fingerprint" not in page

    RiskSettings.objects.create(customer=pair.customer, features=["browser", switches.FINGERPRINT], reason="theft")
    switches.forget(pair.customer_id)
    assert "fingerprint" not in text(client.get(lead(client, site, "nora")))  # nobody has said yes to it
    nora.consented = [switches.FINGERPRINT]
    nora.save()

    page = text(client.get(lead(client, site, "nora")))
    assert 'data-shown="shown_zone"' not in page and "vendor/fingerprintjs/fp.min.js" in page


@pytest.mark.requirement("R-26")
def test_with_all_switched_off_a_sign_in_leaves_no_row_of_its_device(client, site, nora, pair):
    RiskSettings.objects.create(customer=pair.customer, features=[])
    path = lead(client, site, "nora")

    assert answer(client, path).status_code == 303
    assert not RiskDecision.objects.exists() and not RiskProfile.objects.exists()
    assert Visit.objects.get().risk == "off"


def test_who_risk_asks_for_more_than_they_have_is_sent_to_a_person(client, site, nora, pair):
    asks(pair, STRONG, prove=NEARBY)
    rule(pair, METHODS=["email_code"])
    Authenticator.objects.filter(user=nora).delete()

    page = text(client.get(lead(client, site, "nora")))

    assert "Ask the help desk of nordvik.example" in page
    assert "enrol" not in page


@pytest.mark.product("risk-why-3")
def test_who_is_asked_for_more_is_told_why_and_offered_only_what_is_enough(client, site, nora, pair):
    asks(pair, STRONG, prove=NEARBY)

    page = text(client.get(lead(client, site, "nora")))

    assert "We look closer this time: we have not seen you sign in before." in page
    assert "email_code" not in page
    assert Visit.objects.get().minimum == Assurance.AAL2


@pytest.mark.product("risk-policy-6")
@pytest.mark.requirement("R-41")
def test_who_is_refused_is_told_what_was_seen_and_whom_to_ask_and_the_site_gets_nothing(client, site, nora, pair):
    asks(pair, {"outcome": "deny", "minimum": 1, "notice": False}, refuse=NEARBY)

    page = text(client.get(lead(client, site, "nora")))

    assert "We did not let you in" in page and "we have not seen you sign in before" in page
    assert "ask the help desk of nordvik.example" in page
    assert "error=access_denied" in page and "duo_code" not in page
    assert Visit.objects.get().state == "denied"
    assert RiskProfile.objects.get(user=nora).history == {}


def test_what_is_told_with_the_answer_can_still_refuse(client, path, nora, pair):
    client.get(path)
    asks(pair, {"outcome": "deny", "minimum": 1, "notice": False}, refuse=NEARBY)

    page = text(answer(client, path))

    assert "We did not let you in" in page
    assert Visit.objects.get().state == "denied"
    assert decided().taught_at is None


def test_a_remembered_browser_proves_itself_again_when_risk_asks_for_more(client, site, path, nora, pair):
    rule(pair, REMEMBER_DAYS=30)
    assert returned(answer(client, path, remember="1"))
    assert client.get(lead(client, site, "nora")).status_code == 303

    asks(pair, STRONG, prove=NEARBY)

    assert client.get(lead(client, site, "nora")).status_code == 200


def test_nobody_is_looked_at_before_they_agreed(client, site, nora, pair):
    type(pair.customer).objects.update(terms_needed=1)

    path = lead(client, site, "nora")
    client.get(path)

    assert not RiskDecision.objects.exists() and not RiskProfile.objects.exists()
    type(pair.customer).objects.update(terms_needed=0)
    client.get(path)
    assert decided().verdict == Visit.objects.get().risk == "allow"


def test_policy_and_risk_ask_for_the_stricter_of_both(client, site, nora, pair):
    rule(pair, ASSURANCE=int(Assurance.AAL1))
    asks(pair, {**STRONG, "minimum": int(Assurance.WEAK)}, prove=NEARBY)

    page = text(client.get(lead(client, site, "nora")))

    assert "email_code" not in page
