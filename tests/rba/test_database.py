"""The store in PostgreSQL: the same scores as over dicts, one read and one write, nothing raw, nobody else's."""

import json
import subprocess
import threading
from dataclasses import replace

import pytest
from django.db import connection

from config.run.services import POSTGRES_BIN
from rba import verbs
from rba.database import DatabaseStore
from rba.engine import ALL, Engine
from rba.models import RiskCount, RiskDecision, RiskProfile
from rba.profile import Profile
from rba.store import MemoryStore
from tests.factories import UserFactory
from tests.rba.signing_in import ABROAD, HOME, at


def online(user):
    return Engine(DatabaseStore(user.customer), verbs.keys_of(user.customer), ALL)


def sign_in(engine, user, name, context):
    decision = engine.decide(name, str(user.pk), context)
    assert engine.prove(name)
    return decision


@pytest.mark.django_db
def test_a_stream_scores_alike_in_the_database_and_over_dicts():
    user, other = UserFactory(), None
    other = UserFactory(customer=user.customer)
    engines = [online(user), Engine(MemoryStore(), verbs.keys_of(user.customer), ALL)]
    stream = [(user, at(HOME, day, 13 * (day % 4))) for day in range(6)]
    stream += [(other, replace(at(ABROAD, day, 30), language="")) for day in range(4)]
    stream += [(user, replace(at(HOME, 7), fingerprint="f2", browser_version="121.0")), (user, at(ABROAD, 8))]
    totals = []
    for engine in engines:
        found = []
        for number, (who, context) in enumerate(sorted(stream, key=lambda one: one[1].at)):
            engine.fail(f"failed {number}", str(who.pk), context)
            found.append(sign_in(engine, who, f"{number}", context).scored.total)
            engine.store.fold(int(context.at) + 60)
        totals.append(found)

    assert totals[0] == pytest.approx(totals[1], abs=1e-9)


@pytest.mark.product("risk-score-9")
@pytest.mark.django_db
def test_a_decision_is_one_read_and_one_write(django_assert_num_queries):
    user = UserFactory()
    sign_in(online(user), user, "first", at(HOME, 0))

    with django_assert_num_queries(2):
        online(user).decide("second", str(user.pk), at(HOME, 1))


@pytest.mark.django_db
def test_what_failed_is_never_learned():
    user = UserFactory()

    online(user).fail("wrong", str(user.pk), at(HOME, 0))

    assert not verbs.prove(user.customer, "wrong")
    assert RiskProfile.objects.get(user=user).history == {}


@pytest.mark.django_db
def test_another_customers_traffic_changes_nothing():
    user, stranger = UserFactory(), UserFactory()
    for day in range(4):
        sign_in(online(user), user, f"{day}", at(HOME, day))
    verbs.fold_all()
    before = online(user).decide("before", str(user.pk), at(ABROAD, 9)).scored.total
    RiskDecision.objects.filter(name="before").delete()
    for day in range(4):
        sign_in(online(stranger), stranger, f"{day}", at(ABROAD, day))
    verbs.fold_all()

    assert online(user).decide("after", str(user.pk), at(ABROAD, 9)).scored.total == before
    assert keys(user).isdisjoint(keys(stranger))


@pytest.mark.django_db
def test_folding_twice_counts_once():
    user = UserFactory()
    sign_in(online(user), user, "one", at(HOME, 0))
    verbs.fold_all()
    counts = list(RiskCount.objects.values_list("level", "key", "seen"))
    verbs.fold_all()

    assert counts and list(RiskCount.objects.values_list("level", "key", "seen")) == counts


@pytest.mark.product("risk-score-10")
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("N5")
def test_the_database_holds_no_raw_value_of_a_sign_in():
    user = UserFactory()
    shown = replace(at(HOME, 0), city="Unusualby", user_agent="Mozilla/5.0 Rareagent", fingerprint="afingerprint77")
    sign_in(online(user), user, "one", shown)
    online(user).fail("two", str(user.pk), shown)
    verbs.fold_all()

    left = dump()

    for raw in (shown.address, "Unusualby", "Rareagent", "afingerprint77", shown.zone, "nb-NO", "Firefox"):
        assert raw not in left


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_of_two_proofs_at_once_both_are_learned_and_the_same_one_only_once():
    user = UserFactory()
    engine = online(user)
    for name in ("one", "two"):
        engine.decide(name, str(user.pk), at(HOME, 0, len(name)))
    done = []

    def prove(name):
        try:
            done.append(DatabaseStore(user.customer).teach(name))
        finally:
            connection.close()

    threads = [threading.Thread(target=prove, args=(name,)) for name in ("one", "two", "one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False, False, True, True]
    assert RiskProfile.objects.get(user=user).history["proofs"] == 2


def keys(user):
    return set(RiskCount.objects.filter(customer=user.customer, usual=False).values_list("key", flat=True))


def dump():
    """Everything that the database holds, as text."""
    given = connection.settings_dict
    host = given["OPTIONS"].get("host") or given["HOST"]
    command = [str(POSTGRES_BIN / "pg_dump"), "-h", str(host), "-U", "kumquat", "--inserts", str(given["NAME"])]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.django_db
def test_a_history_reads_back_as_it_was_written():
    user = UserFactory()
    sign_in(online(user), user, "one", at(HOME, 0))
    stored = RiskProfile.objects.get(user=user).history
    store = DatabaseStore(user.customer)

    assert store.load(str(user.pk), {}).profile == Profile.from_json(stored) != Profile()
    assert json.loads(json.dumps(Profile.from_json(stored).to_json())) == stored
