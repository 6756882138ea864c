"""Risk at the doors of members and staff: refused with a way on, and learned from when a factor was proved."""

import pytest

from accounts.models import Message
from accounts.verbs.customers import operator
from mfa.verbs import notices
from rba import deciding
from rba.models import RiskDecision, RiskPolicy, RiskProfile
from rba.policy import DEFAULT
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory
from tests.mfa.compat.plugin import app_code
from tests.rba.test_assessing import enforce

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    user = StaffFactory()
    AuthenticatorFactory(user=user, customer=user.customer)
    return user


def enter(client, user, password=PASSWORD):
    return client.post("/sign-in/", {"email": user.email, "password": password})


@pytest.mark.product("risk-ask-4")
def test_a_proved_sign_in_of_staff_is_learned_from(client, staff):
    enter(client, staff)
    row = RiskDecision.objects.get()
    assert (row.where, row.user, row.taught_at) == ("door", staff, None)

    assert client.post("/sign-in/code/", {"code": app_code()}).status_code == 302

    assert RiskDecision.objects.get().taught_at is not None
    assert RiskProfile.objects.get(user=staff).history["proofs"] == 1


@pytest.mark.promise("S20")
def test_a_wrong_password_and_a_wrong_code_count_and_teach_nothing(client, staff):
    enter(client, staff, "not this one")
    enter(client, staff)
    client.post("/sign-in/code/", {"code": "000000"})

    password, weighed, code = RiskDecision.objects.order_by("pk")
    assert (password.failed, weighed.failed, code.failed) == (True, False, True)
    assert {row.where for row in (password, weighed, code)} == {"door"}
    assert set(password.attempt["marks"]) >= {"address", "prefix"}
    assert RiskProfile.objects.get(user=staff).history == {}


def test_a_notice_of_a_risky_sign_in_at_the_door_is_sent_where_the_policy_wants_one(client, staff):
    enforce(operator(), no_answer={"action": {"outcome": "step_up", "minimum": 1, "notice": True}})

    enter(client, staff)

    notice = Message.objects.get(kind=notices.RISKY)
    assert (notice.user, notice.link.about) == (staff, RiskDecision.objects.get().pk.hex)


@pytest.mark.product("risk-ask-4", "risk-policy-6")
@pytest.mark.requirement("R-41")
def test_who_is_refused_is_told_whom_to_ask_and_stays_outside(client, staff):
    refused = {"refuse": ["127.0.0.0/8"], "prove": [], "trust": []}
    action = {"outcome": "deny", "minimum": 1, "notice": False}
    document = {**DEFAULT, "addresses": {**refused, "action": action}, "contact": "the help desk, room 4"}
    RiskPolicy.objects.create(customer=operator(), version=1, document=document)
    deciding.forget(operator().pk)

    answer = enter(client, staff)

    assert answer.status_code == 403
    assert "turn to the help desk, room 4" in answer.content.decode()
    assert client.post("/sign-in/code/", {"code": app_code()}).headers["Location"].startswith("/sign-in/")
    assert "_auth_user_id" not in client.session
