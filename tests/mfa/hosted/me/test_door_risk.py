"""Risk at the door of the person's own pages: more proof, a refusal with a way on, a notice; wrong answers count."""

import pytest

from accounts.assurance import Assurance
from accounts.messages import delivery
from accounts.models import AuditRecord, Message
from mfa import codes
from mfa.models import Transaction
from mfa.verbs import knocking, notices
from rba.models import RiskDecision, RiskProfile
from tests.mfa.hosted.me.person import Person, words
from tests.rba.test_assessing import enforce

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-41")]
STRONG = {"outcome": "step_up", "minimum": int(Assurance.AAL2), "notice": False}


@pytest.fixture
def nora():
    return Person()


def refuse(nora):
    action = {"outcome": "deny", "minimum": 1, "notice": True}
    addresses = {"refuse": ["127.0.0.0/8"], "prove": [], "trust": [], "action": action}
    enforce(nora.customer, addresses=addresses, contact="the help desk, room 4")


def test_a_proof_that_is_strong_enough_lets_in_and_teaches(nora):
    nora.enter()

    row = RiskDecision.objects.get()
    assert (row.where, row.user, row.outcome) == ("door", nora.user, "step_up") and row.taught_at is not None
    assert RiskProfile.objects.get(user=nora.user).history["proofs"] == 1
    assert "We have not seen you sign in before." in nora.text()


@pytest.mark.product("risk-ask-4")
def test_more_is_asked_where_the_proof_is_worth_too_little_and_only_then_learned(nora):
    enforce(nora.customer, no_answer={"action": STRONG})
    nora.user.phone = "+4740012345"
    nora.user.save()
    nora.knock("sms_code")
    knocking.ask_who_knocked()

    response = nora.post("in/", answer="code", code=codes.derive(Transaction.objects.get()))

    assert response["Location"] == nora.url("more/")
    assert "we have not seen you sign in before" in nora.text("more/")
    assert RiskDecision.objects.get().taught_at is None
    nora.post("more/", method="totp")
    assert "sms_code" not in nora.text("more/")
    assert nora.post("more/", code=nora.code())["Location"] == nora.url()
    assert RiskDecision.objects.get().taught_at is not None


@pytest.mark.product("risk-ask-4", "risk-policy-6")
def test_who_is_refused_is_told_whom_to_ask_stays_outside_and_gets_a_notice(nora):
    refuse(nora)
    nora.user.phrase = "three blue herons"
    nora.user.save()
    nora.knock()

    response = nora.post("in/", answer="code", code=nora.code())

    assert response.status_code == 403
    page = response.content.decode()
    assert "turn to the help desk, room 4" in page and "we have not seen you sign in before" in page
    assert AuditRecord.objects.filter(action="mfa.risk_denied", person=nora.user.pk).exists()
    assert not AuditRecord.objects.filter(action="own.entered").exists()
    assert RiskDecision.objects.get().taught_at is None
    notice = Message.objects.get(kind=notices.RISKY)
    assert "three blue herons" in delivery.compose(notice).text


@pytest.mark.promise("S20")
def test_a_wrong_answer_counts_for_its_source_and_against_nobodys_door(nora):
    nora.knock()
    nora.post("in/", answer="code", code="000000")
    nora.knock(username="nobody@nordvik.example")
    nora.post("in/", answer="code", code="000000")

    row = RiskDecision.objects.get()
    assert (row.failed, row.user) == (True, nora.user) and "address" in row.attempt["marks"]
    assert words(nora.post("in/", username=nora.user.username))
