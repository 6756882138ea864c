"""A sign-in is assessed in one read and one write, learned from once it is proved, and whatever fails asks for more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts import audit, crypto
from accounts.assurance import Assurance
from rba import deciding, geo, switches, verbs
from rba.contract import Outcome
from rba.database import DatabaseStore
from rba.features import FEATURES
from rba.models import RiskDecision, RiskPolicy, RiskProfile, RiskSettings
from rba.policy import DEFAULT
from rba.reading import Shown
from tests.factories import UserFactory
from tests.mfa.compat.test_cost import queries
from tests.rba.test_database import dump
from tests.rba.test_reading import FIREFOX, SAFARI

pytestmark = pytest.mark.django_db
STRONG = {"outcome": "step_up", "minimum": int(Assurance.AAL2), "notice": False}
HOME = Shown(address="240.1.2.3", user_agent=FIREFOX, language="nb-NO,nb", zone="Europe/Oslo")
AWAY = Shown(address="250.9.9.9", user_agent=SAFARI, language="pt-BR", zone="America/Recife")


@pytest.fixture
def user(db):
    made = UserFactory()
    enforce(made.customer)
    return made


def enforce(customer, **document):
    """A policy that does what it says, read by this process."""
    RiskPolicy.objects.create(customer=customer, version=1, document={**DEFAULT, **document})
    deciding.forget(customer.pk)


def enforce_anew(user, **bands):
    document = {**DEFAULT, "bands": {**DEFAULT["bands"], **bands}, "no_answer": {"action": STRONG}}
    RiskPolicy.objects.filter(customer=user.customer).update(document=document)
    deciding.forget(user.customer_id)


def wish(user, name, shown=HOME, **more):
    return verbs.Wish(user, name, shown, RiskDecision.Where.API, **more)


def with_history(user, days=6):
    for day in range(days):
        assert verbs.assess(wish(user, f"day {day}")) is not None
        past = int((timezone.now() - timedelta(days=days - day)).timestamp())
        row = RiskDecision.objects.get(name=f"day {day}")
        row.at, row.attempt["at"] = past, past
        row.save()
        assert verbs.prove(user.customer, row.name)


@pytest.mark.product("risk-why-1")
def test_what_was_decided_is_kept_with_all_that_explains_it(user):
    with_history(user)

    found = verbs.assess(wish(user, "now", replace(AWAY, dropped=4)))

    row = RiskDecision.objects.get(name="now")
    assert found.row == row and (row.where, row.dropped, row.user) == ("api", 4, user)
    assert row.base + sum(row.parts.values()) == pytest.approx(row.total)
    assert row.levels["browser"] == "new" and row.band in ("medium", "high")
    assert row.verdict == found.ruling.verdict != "allow"
    assert found.reasons and row.rule == "bands"


@pytest.mark.product("risk-score-6")
def test_who_is_known_is_let_in_and_who_is_new_never_by_silence(user):
    assert verbs.assess(wish(user, "first")).ruling.verdict is Outcome.STEP_UP
    with_history(user)

    assert verbs.assess(wish(user, "again")).ruling.verdict is Outcome.ALLOW


@pytest.mark.product("risk-score-9")
def test_an_assessment_costs_one_read_and_one_write_and_so_does_its_proof(user):
    with_history(user, days=1)

    assert [sql[:6] for sql in queries(lambda: verbs.assess(wish(user, "one")))] == ["\nSELEC", "WITH w"]
    assert [sql[:6] for sql in queries(lambda: verbs.prove(user.customer, "one"))] == ["\nSELEC", "WITH w"]
    first = verbs.assess(wish(user, "two", before_told=True)).row.pk
    spent = queries(lambda: verbs.conclude(wish(user, "two"), first, Assurance.AAL2))
    assert [sql[:6] for sql in spent] == ["\nSELEC", "WITH w"]


def test_an_answer_is_judged_by_all_that_was_told_meanwhile_and_teaches_if_it_is_enough(user):
    with_history(user)
    first = verbs.assess(wish(user, "one", before_told=True)).row
    assert first.verdict == "allow" and "zone" not in first.levels

    again = verbs.conclude(wish(user, "one", replace(HOME, zone="America/Recife")), first.pk, Assurance.WEAK)

    row = RiskDecision.objects.get(name="one")
    assert row.levels["zone"] == "new" and "time" in set(row.parts) - set(first.parts)
    assert again.is_satisfied(Assurance.WEAK) == (row.taught_at is not None)
    assert RiskDecision.objects.filter(user=user).count() == 7


@pytest.mark.product("risk-score-7")
def test_too_weak_an_answer_and_a_denied_one_never_teach(user):
    with_history(user)
    enforce_anew(user, medium=STRONG)
    before = RiskProfile.objects.get(user=user).history
    for name, shown in (("weak", replace(AWAY, address=HOME.address)), ("denied", AWAY)):
        first = verbs.assess(wish(user, name, shown, before_told=True)).row
        verbs.conclude(wish(user, name, shown), first.pk, Assurance.WEAK)

    assert set(RiskDecision.objects.filter(taught_at=None).values_list("name", flat=True)) == {"weak", "denied"}
    assert RiskProfile.objects.get(user=user).history == before


@pytest.mark.product("risk-ask-7", "risk-policy-5")
@pytest.mark.promise("S12")
@pytest.mark.parametrize("broken", ["load", "row", "place", "policy", "all"])
def test_whatever_fails_asks_for_more_proof_and_lets_the_sign_in_go_on(user, broken, monkeypatch):
    with_history(user)
    assert verbs.assess(wish(user, "well")).ruling.verdict is Outcome.ALLOW

    def fails(*args, **kwargs):
        raise DatabaseError("gone")

    if broken in ("load", "all"):
        monkeypatch.setattr(DatabaseStore, "load", fails)
    if broken == "row":
        monkeypatch.setattr(verbs, "write", fails)
    if broken == "place":
        monkeypatch.setattr(geo, "spot_of", fails)
    if broken in ("policy", "all"):
        monkeypatch.setattr(deciding, "in_force", fails)

    found = verbs.assess(wish(user, "ill"))

    assert found.ruling.verdict is Outcome.STEP_UP and found.row is None
    assert found.reasons
    assert not RiskDecision.objects.filter(name="ill").exists()
    assert UserFactory()  # the transaction around it goes on


def test_a_history_that_cannot_be_written_leaves_the_proof_as_it_is(user, monkeypatch):
    verbs.assess(wish(user, "one"))
    monkeypatch.setattr("rba.database.write", lambda *writes: (_ for _ in ()).throw(DatabaseError("full")))

    assert verbs.prove(user.customer, "one") is False
    assert RiskDecision.objects.get(name="one").taught_at is None


@pytest.mark.product("risk-ask-7")
@pytest.mark.promise("S12")
@pytest.mark.parametrize(
    "shown",
    [
        Shown(),
        replace(HOME, user_agent="Linux " * 2000),
        replace(HOME, address="", language="", zone=""),
        replace(HOME, address="not an address", zone="../../etc/passwd", fingerprint="\ud800"),
    ],
)
def test_absurd_and_stripped_requests_are_never_safer_than_ordinary_ones(user, shown):
    with_history(user)
    ordinary = verbs.assess(wish(user, "ordinary")).row

    assert verbs.assess(wish(user, "absurd", shown)).row.total > ordinary.total


def test_a_history_under_a_root_key_that_is_gone_begins_anew_and_asks_for_more(user, settings):
    with_history(user)
    settings.ENCRYPTION_KEYS = ["new:" + "b" * 43, *settings.ENCRYPTION_KEYS]
    for remembered in (crypto._roots, crypto.derive):
        remembered.cache_clear()
    try:
        assert verbs.assess(wish(user, "rotated")).ruling.verdict is Outcome.ALLOW
        settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
        crypto._roots.cache_clear()
        assert verbs.assess(wish(user, "withdrawn")).ruling.verdict is Outcome.STEP_UP
        assert verbs.prove(user.customer, "withdrawn")
        profile = RiskProfile.objects.get(user=user)
        assert (profile.key_id, profile.history["proofs"]) == ("new", 1)
    finally:
        for remembered in (crypto._roots, crypto.derive):
            remembered.cache_clear()


@pytest.mark.requirement("R-26")
def test_with_all_switched_off_nothing_is_kept(user):
    RiskSettings.objects.create(customer=user.customer, features=[])
    switches.forget(user.customer_id)

    assert verbs.assess(wish(user, "one")) is None
    assert not RiskDecision.objects.exists() and not RiskProfile.objects.exists()


@pytest.mark.product("risk-data-2")
@pytest.mark.requirement("R-33")
def test_each_kind_of_data_can_be_switched_off_and_the_fingerprint_on_with_a_reason_alone(user):
    by = audit.SYSTEM
    with pytest.raises(switches.NoReason):
        switches.switch(user.customer, switches.BY_DEFAULT | {switches.FINGERPRINT}, by)
    switches.switch(user.customer, frozenset({"browser", switches.FINGERPRINT}), by, reason="Stolen passwords in May")
    seen = replace(HOME, fingerprint="f1")
    assert "fingerprint" not in verbs.assess(wish(user, "unasked", seen)).row.levels
    user.consented = [switches.FINGERPRINT]

    row = verbs.assess(wish(user, "one", seen)).row

    assert set(row.attempt["marks"]) == {"browser", "browser_version", "fingerprint"}
    assert row.country == ""


@pytest.mark.requirement("R-40")
def test_a_decision_keeps_which_signals_it_used_and_all_are_among_the_eight(user):
    row = verbs.assess(wish(user, "one")).row

    assert set(row.attempt["features"]) == set(switches.BY_DEFAULT) <= set(FEATURES)


@pytest.mark.product("risk-score-10")
@pytest.mark.requirement("R-33")
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("N5")
def test_the_whole_database_holds_no_raw_address_or_user_agent_of_a_sign_in():
    user = UserFactory(consented=[switches.FINGERPRINT])
    rare = replace(HOME, address="203.0.113.77", user_agent="Mozilla/5.0 (X11) Rarefox/7.1", fingerprint="finger77")
    switches.switch(user.customer, frozenset(FEATURES), audit.SYSTEM, reason="for this test")
    first = verbs.assess(wish(user, "one", rare, before_told=True))
    verbs.conclude(wish(user, "one", rare), first.row.pk, Assurance.AAL2)
    verbs.failure(user.customer, user, rare, where=RiskDecision.Where.API, site=None).save()
    verbs.fold_all()

    held = dump()

    assert str(user.pk) in held
    for raw in (rare.address, "Rarefox", "finger77", "Europe/Oslo", "nb-NO"):
        assert raw not in held
