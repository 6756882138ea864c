"""The list of a site's calls: told to Valkey after the answer, many at once, in order, and to nobody's harm."""

import threading
import time

import pytest
from django.utils import timezone

from accounts import calls, replay, valkey
from accounts.afterwards import Afterwards
from accounts.signing import Caller
from tests.factories import ApiKeyFactory, SiteFactory


def call(path="api/auth/validate", **given):
    return calls.Call(at=timezone.now(), path=path, auth_type="", ok=True, reason="", milliseconds=3, **given)


def caller_of(key):
    return Caller("1763959475123", key.customer, key.site, key)


@pytest.mark.django_db
def test_calls_are_listed_newest_first_each_at_its_site():
    one, other = ApiKeyFactory(), ApiKeyFactory()

    for path in ("a", "b", "c"):
        calls.note(call(path), caller_of(one), None)
    calls.note(call("d"), caller_of(other), None)

    assert [listed.path for listed in calls.recent(one.site)] == ["c", "b", "a"]
    assert [listed.path for listed in calls.recent(other.site)] == ["d"]


@pytest.mark.django_db
def test_a_call_comes_out_as_it_went_in():
    key = ApiKeyFactory()
    noted = call("api/users/get", plugin="5.9", connector="1.2", mode="cloud")

    calls.note(noted, caller_of(key), None, "17")

    assert calls.recent(key.site) == [noted]


@pytest.mark.django_db
def test_no_more_than_the_last_ones_are_kept():
    key = ApiKeyFactory()

    for number in range(calls.KEPT * 2 + 7):
        calls.note(call(str(number)), caller_of(key), None)

    listed = calls.recent(key.site)
    assert len(listed) == calls.KEPT
    assert listed[0].path == str(calls.KEPT * 2 + 6)


@pytest.mark.django_db
def test_many_calls_are_told_in_one_round_trip(monkeypatch):
    key = ApiKeyFactory()
    trips = []
    pipeline = valkey.pipeline
    monkeypatch.setattr(valkey, "pipeline", lambda steps: trips.append(steps) or pipeline(steps))
    calls._waiting._doing.acquire()  # as while the round trip before is under way
    for number in range(20):
        calls.note(call(str(number)), caller_of(key), None)
    calls._waiting._doing.release()

    assert len(calls.recent(key.site)) == 20
    assert len(trips) == 1


@pytest.mark.django_db
def test_what_a_signature_was_used_for_is_told_too():
    key = ApiKeyFactory()
    use = replay.use_of(key.customer, "1763959475123", "/moas/api/admin/users/get", b"{}")

    calls.note(call(), caller_of(key), None, use=use)
    calls.finish_noting()

    assert replay.was_used_otherwise(key.customer, "1763959475123", "/moas/api/admin/users/delete", b"{}")
    assert not replay.was_used_otherwise(key.customer, "1763959475123", "/moas/api/admin/users/get", b"{}")


@pytest.mark.django_db
def test_last_use_and_versions_reach_the_rows_whoever_sums_them():
    key = ApiKeyFactory()
    calls.note(call(plugin="5.9", connector="1.2", mode="cloud"), caller_of(key), None, "17")

    calls.flush()

    key.refresh_from_db()
    key.site.refresh_from_db()
    assert key.last_used_at is not None
    assert (key.site.plugin_version, key.site.users_on_site, key.site.mode) == ("5.9", 17, "cloud")


def test_nobody_fails_while_valkey_is_away(monkeypatch, caplog):
    def away(_work):
        raise valkey.redis.ConnectionError

    monkeypatch.setattr(valkey, "ask", away)
    site = SiteFactory.build()

    calls.note(call(), Caller("1", site.customer, site, None), None)
    calls.finish_noting()

    assert calls.recent(site) == []


def test_what_waits_is_done_within_a_moment_in_order_by_a_thread():
    done, enough = [], threading.Event()

    def do(batch):
        done.append((threading.current_thread().name, batch))
        if sum(len(numbers) for _name, numbers in done) == 3:
            enough.set()

    later = Afterwards(do)
    for number in range(3):
        later.add(number)

    assert enough.wait(5)
    assert [number for _name, batch in done for number in batch] == [0, 1, 2]
    assert {name for name, _batch in done} == {"afterwards"}


def test_finishing_waits_for_what_is_being_done():
    begun, done = threading.Event(), []

    def do(batch):
        begun.set()
        time.sleep(0.05)
        done.extend(batch)

    later = Afterwards(do)
    later.add("first")
    assert begun.wait(5)
    later.finish()

    assert done == ["first"]
