"""The dialect's calls about risk: collected, evaluated, remembered after a proof; and challenges with attributes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.assurance import Assurance
from mfa import retention
from mfa.models import RiskSession, Transaction, TrustedDevice
from rba import deciding
from rba.models import RiskDecision, RiskPolicy, RiskProfile
from rba.policy import DEFAULT
from tests.factories import ApiKeyFactory, AuthenticatorFactory, UserFactory
from tests.mfa.compat.plugin import PUBLIC, Plugin, app_code, sent_code
from tests.mfa.compat.test_cost import queries
from tests.rba.test_reading import FIREFOX

pytestmark = pytest.mark.django_db
BROWSER = {
    "browser.useragent": FIREFOX,
    "browser.timezone": "Europe/Oslo",
    "browser.language": "nb-NO",
    "device.type": "Laptop",
    "location.ip": "192.0.2.77",
    "browser.screenprint": "1920x1080",
    "system.fonts": "Rarefont",
    "location.isp": "Raretel",
}


@pytest.fixture
def user(key):
    return UserFactory(customer=key.customer)


def attributes(**changed):
    return [{"attrName": name, "attrValue": value} for name, value in (BROWSER | changed).items()]


def acs(plugin, user, **changed):
    return plugin.post("rest/rba/acs", userKey=user.username, attributes=attributes(**changed))["sessionUuid"]


def evaluate(plugin, key, user, session):
    body = {"appSecret": key.customer.app_secret, "userKey": user.username, "sessionUuid": session}
    return plugin.post("rest/rba/evaluate-risk", body=body)["status"]


def register(plugin, user, session):
    return plugin.post("rest/rba/register-profile", userKey=user.username, sessionUuid=session)["status"]


def prove(plugin, user):
    begun = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")
    return plugin.post("api/auth/validate", txId=begun["txId"], token=sent_code(begun))["status"]


def enforce(customer, **document):
    RiskPolicy.objects.create(customer=customer, version=1, document={**DEFAULT, **document})
    deciding.forget(customer.pk)


def remembered(plugin, key, user):
    session = acs(plugin, user)
    assert evaluate(plugin, key, user, session) == "WAIT_FOR_INPUT"
    assert prove(plugin, user) == register(plugin, user, session) == "SUCCESS"
    return session


@pytest.mark.product("risk-ask-1")
def test_a_device_is_collected_evaluated_proved_remembered_and_then_known(plugin, key, user):
    remembered(plugin, key, user)

    assert evaluate(plugin, key, user, acs(plugin, user)) == "SUCCESS"
    other = {"browser.useragent": FIREFOX.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64")}
    assert evaluate(plugin, key, user, acs(plugin, user, **other)) == "WAIT_FOR_INPUT"
    assert RiskProfile.objects.get(user=user).history["proofs"] == 1


@pytest.mark.product("risk-data-3")
@pytest.mark.requirement("R-33")
def test_of_what_a_plugin_collects_the_rest_is_dropped_and_counted(plugin, user):
    acs(plugin, user)

    row = RiskDecision.objects.get()
    assert (row.where, row.dropped) == ("dialect", 3)
    assert not any(raw in str(vars(row)) for raw in ("Rarefont", "Raretel", "192.0.2.77", "Firefox/140"))


@pytest.mark.product("risk-ask-1")
def test_nothing_is_remembered_without_an_evaluation_and_a_proof_since(plugin, key, user):
    prove(plugin, user)
    session = acs(plugin, user)
    assert register(plugin, user, session) == "FAILED"
    evaluate(plugin, key, user, session)
    assert register(plugin, user, session) == "FAILED"
    prove(plugin, UserFactory(customer=key.customer))
    assert register(plugin, user, session) == "FAILED"
    prove(plugin, user)
    assert register(plugin, user, session) == "SUCCESS"
    assert register(plugin, user, session) == "FAILED"
    assert TrustedDevice.objects.filter(user=user, ended_at=None).count() == 1


def test_a_remembered_device_is_not_known_once_it_ended_or_a_rule_asks_for_more(plugin, key, user):
    remembered(plugin, key, user)
    enforce(
        key.customer,
        addresses={
            "refuse": [],
            "prove": ["192.0.2.0/24"],
            "trust": [],
            "action": {"outcome": "step_up", "minimum": 1, "notice": False},
        },
    )
    assert evaluate(plugin, key, user, acs(plugin, user)) == "WAIT_FOR_INPUT"

    RiskPolicy.objects.all().delete()
    deciding.forget(key.customer_id)
    TrustedDevice.objects.update(ended_at=timezone.now())
    assert evaluate(plugin, key, user, acs(plugin, user)) == "WAIT_FOR_INPUT"


@pytest.mark.product("risk-policy-6")
@pytest.mark.requirement("R-41")
def test_who_is_refused_is_denied_with_a_way_on(plugin, key, user):
    refused = {"refuse": ["192.0.2.0/24"], "prove": [], "trust": []}
    enforce(key.customer, addresses={**refused, "action": {"outcome": "deny", "minimum": 1, "notice": False}})

    assert evaluate(plugin, key, user, acs(plugin, user)) == "DENIED"
    answer = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL", attributes=attributes())
    assert answer["status"] == "DENIED"
    assert key.site.name in answer["message"]
    assert not Transaction.objects.exists()


@pytest.mark.promise("S10")
def test_sessions_are_the_users_the_sites_and_short(plugin, key, user):
    session = acs(plugin, user)
    other = UserFactory(customer=key.customer)
    stranger = Plugin.of(ApiKeyFactory())

    assert evaluate(plugin, key, other, session) == "ERROR"
    assert stranger.post("rest/rba/acs", userKey=user.username, attributes=[])["status"] == "FAILED"
    assert evaluate(plugin, key, user, "nonsense") == "ERROR"
    body = {"appSecret": "x" * 16, "userKey": user.username, "sessionUuid": session}
    assert plugin.post("rest/rba/evaluate-risk", body=body)["status"] == "ERROR"
    RiskSession.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert evaluate(plugin, key, user, session) == "ERROR"
    retention.forget(timezone.now() + timedelta(days=2))
    assert not RiskSession.objects.exists()


@pytest.mark.parametrize("call", ["rest/rba/acs", "rest/rba/evaluate-risk", "rest/rba/register-profile"])
def test_without_a_sites_own_key_or_a_whole_body_nothing_is_done(plugin, user, call):
    assert Plugin(*PUBLIC).post(call, userKey=user.username)["status"] == "ERROR"
    assert plugin.post(call, userKey=user.username, attributes="x")["status"] == "ERROR"
    assert plugin.post(call, attributes=[1])["status"] == "ERROR"
    assert not RiskSession.objects.exists() and not RiskDecision.objects.exists()


@pytest.mark.product("risk-ask-2")
def test_a_challenge_with_attributes_is_weighed_and_its_proof_teaches(plugin, key, user):
    begun = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL", attributes=attributes())

    assert plugin.post("api/auth/validate", txId=begun["txId"], token="wrong")["status"] == "FAILED"
    wrong, weighed = RiskDecision.objects.order_by("-failed")
    assert (wrong.failed, wrong.where, wrong.attempt["marks"], weighed.taught_at) == (True, "dialect", {}, None)
    code = sent_code(begun)
    spent = queries(lambda: plugin.post("api/auth/validate", txId=begun["txId"], token=code))
    assert len(spent) == 6, "\n".join(sql[:200] for sql in spent)  # four, and one read and one write to learn
    assert RiskDecision.objects.get(failed=False).taught_at is not None


@pytest.mark.product("risk-ask-2")
def test_a_code_of_an_app_with_attributes_is_weighed_and_too_weak_a_method_refused(plugin, key):
    user = AuthenticatorFactory(user__customer=key.customer).user
    strong = {"outcome": "step_up", "minimum": int(Assurance.AAL2), "notice": False}
    enforce(key.customer, no_answer={"action": strong})
    asked = {"username": user.username, "attributes": attributes()}

    assert plugin.post("api/auth/challenge", authType="EMAIL", **asked)["status"] == "FAILED"
    answer = plugin.post("api/auth/validate", authType="GOOGLE AUTHENTICATOR", token=app_code(), **asked)
    assert answer["status"] == "SUCCESS"
    assert RiskProfile.objects.get(user=user).history["proofs"] == 1
