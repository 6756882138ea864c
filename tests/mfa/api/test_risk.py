"""Risk by the native API: weighed with what a site saw, asked for accordingly, learned from, and told whose it was."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts.audit import SYSTEM
from accounts.messages import delivery
from accounts.models import AuditRecord, Message, Role
from accounts.scopes import Scope
from accounts.verbs.testing import test_customer as universe
from mfa.models import Transaction
from mfa.verbs import notices
from rba import geo, switches
from rba.database import DatabaseStore
from rba.models import RiskDecision, RiskProfile, RiskSettings
from tests.factories import AuthenticatorFactory, MembershipFactory, SiteFactory, UserFactory
from tests.mfa.api.client import program
from tests.mfa.api.test_transactions import app_code
from tests.mfa.compat.test_cost import queries
from tests.rba.deciding_rows import kept
from tests.rba.test_assessing import STRONG, enforce
from tests.rba.test_database import dump
from tests.rba.test_reading import FIREFOX

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-41")]
SHOWN = {"address": "203.0.113.77", "user_agent": FIREFOX, "language": "nb-NO", "zone": "Europe/Oslo"}
DENY = {"outcome": "deny", "minimum": 1, "notice": True}


@pytest.fixture
def one():
    return program()


@pytest.fixture
def nora(one):
    return AuthenticatorFactory(user__customer=one.customer, user__username="nora@nordvik.example").user


def assess(one, nora, **shown):
    return one.post("risk/assessments", {"user": nora.public_id, "shown": {**SHOWN, **shown}})


def refuse(one, **more):
    addresses = {"refuse": ["203.0.113.0/24"], "prove": [], "trust": [], "action": DENY}
    enforce(one.customer, addresses=addresses, contact="the help desk, room 4", **more)


@pytest.mark.requirement("R-33")
def test_a_sign_in_is_weighed_on_its_own_and_what_is_none_of_the_eight_is_dropped_and_counted(one, nora):
    said = assess(one, nora, canvas="abc", postal_code="5003")

    assert (one.status, said["user"], said["decision"], said["would"]) == (201, nora.public_id, "allow", "step_up")
    assert (said["band"], said["score"], said["dropped"], said["report_only"]) == ("new", None, 2, True)
    assert said["reasons"] == ["we have not seen you sign in before"]
    row = RiskDecision.objects.get()
    assert (row.pk.hex, row.where, row.dropped, row.taught_at) == (said["id"], "api", 2, None)
    nb = one.get(f"risk/assessments/{said['id']}", **{"Accept-Language": "nb"})
    assert nb["reasons"] != said["reasons"] and nb | {"reasons": said["reasons"]} == said


@pytest.mark.requirement("N5")
@pytest.mark.django_db(transaction=True)
def test_nothing_raw_of_what_a_site_sent_is_in_the_database(one, nora):
    said = one.post(
        "risk/assessments", {"user": nora.public_id, "shown": {**SHOWN, "user_agent": "Rarefox/7.1"}}, **KEY
    )

    held = dump()

    assert said["id"] and str(nora.pk) in held
    for raw in ("203.0.113.77", "Rarefox", "Europe/Oslo", "nb-NO"):
        assert raw not in held


KEY = {"Idempotency-Key": "a sign-in"}


def test_the_same_call_with_the_same_key_is_weighed_once(one, nora):
    body = {"user": nora.public_id, "shown": SHOWN}
    first, again = one.post("risk/assessments", body, **KEY), one.post("risk/assessments", body, **KEY)

    assert first == again and RiskDecision.objects.count() == 1


def test_an_assessment_costs_a_read_and_a_write_beside_finding_who_it_is(one, nora):
    assess(one, nora)

    spent = queries(lambda: assess(one, nora))

    assert len(spent) == 4, "\n".join(sql[:120] for sql in spent)  # token, user, history and counts, decision
    assert len(queries(lambda: one.get("risk/assessments"))) == 4  # token, rows, transactions, visits


@pytest.mark.product("api-2")
def test_a_transaction_begun_with_an_assessment_must_be_worth_enough_and_teaches(one, nora):
    enforce(one.customer, no_answer={"action": STRONG})
    weighed = assess(one, nora)
    assert (weighed["decision"], weighed["minimum"]) == ("step_up", "aal2")
    asked = {"user": nora.public_id, "assessment": weighed["id"]}

    weak = one.post("transactions", {**asked, "method": "email_code"})
    assert (one.status, weak["code"], weak["reason"]) == (422, "refused", "policy")
    begun = one.post("transactions", asked)
    assert begun["method"] == "totp"
    one.post(f"transactions/{begun['id']}/verify", {"response": "000000"})
    assert one.get(f"risk/assessments/{weighed['id']}")["learned"] is False
    one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})

    told = one.get(f"risk/assessments/{weighed['id']}")
    assert (told["learned"], told["transaction"]) == (True, begun["id"])
    assert RiskProfile.objects.get(user=nora).history["proofs"] == 1
    assert RiskDecision.objects.filter(failed=True, where="api").count() == 1
    over = one.post("transactions", asked)
    assert (one.status, over["errors"][0]["field"]) == (400, "assessment")


def test_an_assessment_serves_its_own_user_at_its_own_site_for_a_quarter_of_an_hour(one, nora):
    weighed, other = assess(one, nora), UserFactory(customer=one.customer)
    site = SiteFactory(customer=one.customer)
    for more in ({"user": other.public_id}, {"site": site.public_id}, {"assessment": "0" * 32}, {"assessment": "x"}):
        one.post("transactions", {"user": nora.public_id, "assessment": weighed["id"], "method": "email_code", **more})
        assert one.status == 400, more
    RiskDecision.objects.update(at=int(timezone.now().timestamp()) - 901)
    one.post("transactions", {"user": nora.public_id, "assessment": weighed["id"]})
    assert one.status == 400


@pytest.mark.requirement("N6")
def test_who_is_refused_gets_a_way_on_and_a_notice_with_their_phrase_and_nothing_is_begun(one, nora):
    refuse(one)
    nora.phrase = "three blue herons"
    nora.save()

    said = assess(one, nora)

    assert (one.status, said["decision"], said["contact"]) == (201, "deny", "the help desk, room 4")
    assert "three blue herons" in delivery.compose(Message.objects.get(kind=notices.RISKY)).text
    refused = one.post("transactions", {"user": nora.public_id, "assessment": said["id"]})
    assert (one.status, refused["code"], refused["reason"]) == (422, "refused", "risk")
    assert not Transaction.objects.exists()
    assert one.get("events?limit=1")["data"][0]["type"] == "authentication.stopped"


def test_in_test_mode_a_notice_is_kept_and_never_sent(one):
    test = program(customer=universe(one.customer, SYSTEM))
    refuse(test)

    assert assess(test, UserFactory(customer=test.customer))["decision"] == "deny"
    assert Message.objects.get(kind=notices.RISKY).state == "kept"


@pytest.mark.requirement("N6")
def test_not_me_ends_what_is_open_tells_the_owners_and_stands(one, nora):
    MembershipFactory(customer=one.customer, role=Role.OWNER)
    weighed = assess(one, nora)
    begun = one.post("transactions", {"user": nora.public_id, "assessment": weighed["id"]})
    one.post(f"transactions/{begun['id']}/verify", {"response": app_code()})
    path = f"risk/assessments/{weighed['id']}/feedback"

    for _ in range(2):
        assert one.post(path, {"mine": False}) == {"id": weighed["id"], "mine": False}

    assert AuditRecord.objects.filter(action="mfa.not_me", person=nora.pk).count() == 1
    assert Message.objects.filter(kind="mfa.not_me").count() == 1
    history = RiskProfile.objects.get(user=nora).history
    assert history["proofs"] == 0 and history["careful_until"] > timezone.now().timestamp()
    assert (one.post(path, {"mine": True})["reason"], one.status) == ("disowned", 409)


def test_it_was_me_teaches_once_also_without_a_transaction(one, nora):
    weighed = assess(one, nora)
    path = f"risk/assessments/{weighed['id']}/feedback"

    assert [one.post(path, {"mine": True})["mine"] for _ in range(2)] == [True, True]

    assert RiskProfile.objects.get(user=nora).history["proofs"] == 1
    assert one.get("events?limit=1")["data"][0]["type"] == "authentication.owned"


def test_the_history_is_listed_newest_first_by_user_and_in_parts(one, nora):
    kept(nora, name="first"), kept(UserFactory(customer=one.customer), name="another's")
    kept(nora, name="second"), kept(nora, name="wrong password", failed=True)

    part = one.get(f"risk/assessments?user={nora.public_id}&limit=1")
    rest = one.get(f"risk/assessments?user={nora.public_id}&limit=1&cursor={part['next']}")

    ids = [RiskDecision.objects.get(name=name).pk.hex for name in ("second", "first")]
    assert [part["data"][0]["id"], rest["data"][0]["id"], rest["next"]] == [*ids, None]
    assert (part["data"][0]["country"], part["data"][0]["band"]) == ("BR", "medium")
    assert part["data"][0]["reasons"][0] == "a country you have not signed in from"
    assert one.get("risk/assessments?band=low")["data"] == []


def test_another_customers_and_another_sites_are_not_found(one, nora):
    weighed, stranger = assess(one, nora), program()
    at_site = program(customer=one.customer, site=SiteFactory(customer=one.customer))
    for other in (stranger, at_site):
        assert other.get(f"risk/assessments/{weighed['id']}")["code"] == "not_found"
        other.post(f"risk/assessments/{weighed['id']}/feedback", {"mine": False})
        assert other.status == 404
        assert other.get("risk/assessments")["data"] == []
    assert stranger.post("risk/assessments", {"user": nora.public_id, "shown": {}})["code"] == "not_found"


def test_reading_and_weighing_take_scopes_of_their_own(one, nora):
    reader = program(Scope.RISK_READ, customer=one.customer)
    assert reader.get("risk/assessments")["data"] == []
    assert (assess(reader, nora)["scope"], reader.status) == ("risk:write", 403)
    writer = program(Scope.RISK, customer=one.customer)
    assert assess(writer, nora)["id"] and writer.get("risk/assessments")["scope"] == "risk:read"


@pytest.mark.requirement("R-26")
def test_of_who_may_not_be_looked_at_nothing_is_kept(one, nora):
    one.customer.terms_needed = 1
    one.customer.save()
    assert (assess(one, nora)["code"], one.status) == ("consent_required", 403)
    nora.agreed_terms, nora.restricted_at = 1, timezone.now()
    nora.save()
    assert (assess(one, nora)["reason"], one.status) == ("disabled", 422)
    nora.restricted_at = None
    nora.save()
    RiskSettings.objects.create(customer=one.customer, features=[])
    switches.forget(one.customer.pk)
    assert (assess(one, nora)["reason"], one.status) == ("off", 422)
    assert not RiskDecision.objects.exists() and not RiskProfile.objects.exists()


@pytest.mark.promise("S12")
@pytest.mark.parametrize("fault", ["no place", "corrupt place", "store", "agent", "address", "nothing", "cache"])
def test_whatever_is_wrong_asks_for_more_proof(one, nora, fault, monkeypatch, settings, tmp_path):
    enforce(one.customer, no_answer={"action": STRONG})
    shown = {}
    if fault == "no place":
        settings.PLACES = False
    elif fault == "corrupt place":
        (tmp_path / "bad.mmdb").write_bytes(b"no database" * 99)
        settings.GEOIP_CITY = settings.GEOIP_ASN = str(tmp_path / "bad.mmdb")
    elif fault == "store":
        monkeypatch.setattr(DatabaseStore, "load", lambda *_: (_ for _ in ()).throw(DatabaseError("gone")))
    elif fault == "agent":
        shown = {"user_agent": "Linux " * 2000}
    elif fault == "address":
        shown = {"address": "not an address, 10.0.0.1", "user_agent": {"a": 1}, "zone": "../../etc/passwd"}
    elif fault == "nothing":
        shown = dict.fromkeys(SHOWN, "")
    elif fault == "cache":
        settings.REDIS_URL = "unix:///nowhere.sock"

    said = assess(one, nora, **shown)

    assert (one.status, said["decision"], said["minimum"]) == (201, "step_up", "aal2")
    assert said["reasons"] and (said["id"] is None) == (fault == "store")
    geo._reader.cache_clear()


def test_a_person_is_named_by_username_too_and_an_unknown_one_is_told(one, nora):
    said = one.post("risk/assessments", {"username": "NORA@nordvik.example", "shown": SHOWN})
    assert said["user"] == nora.public_id
    assert one.post("risk/assessments", {"username": "nobody", "shown": {}})["reason"] == "unknown_user"
    assert one.post("risk/assessments", {"shown": {}})["errors"][0]["field"] == "user"
