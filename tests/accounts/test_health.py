"""/healthz and /readyz: what they answer when parts are missing, and that they name nobody."""

from datetime import timedelta

import pytest
import redis
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts import health, tasks, valkey
from accounts.admin import figures
from accounts.models import WorkerHeartbeat
from tests.accounts.gateways.servers import free_port
from tests.factories import MessageFactory

LONG_AGO = timezone.now() - timedelta(hours=1)


@pytest.fixture(autouse=True)
def no_memory_of_beats():
    health._beaten.clear()


@pytest.fixture
def heard(db):
    for queue in health.QUEUES:
        tasks.beat_heart(queue)


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


@pytest.mark.product("start-8")
def test_alive_asks_neither_database_nor_broker(client):
    """No database is allowed in this test, so a query would fail it."""
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.product("start-8")
def test_all_in_order_is_ready(client, heard):
    status, told = ready(client)

    assert (status, told["status"]) == (200, "ready")
    workers = {"worker_otp", "worker_webhooks", "worker_default"}
    assert set(told) == {"status", "broker", "database", "clock", *workers, "oldest_code"}
    assert all(part["ok"] for name, part in told.items() if name != "status")


def test_ready_reads_three_times_and_sets_no_cookie(client, heard, django_assert_num_queries):
    with django_assert_num_queries(3):
        answer = client.get("/readyz")
    assert not answer.cookies
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
def test_no_worker_ever_heard_is_not_ready(client):
    status, told = ready(client)

    assert status == 503
    assert told["worker_otp"] == {"ok": False, "words": "No worker has ever done a task of the queue otp."}


@pytest.mark.promise("R4")
@pytest.mark.parametrize("queue", health.QUEUES)
def test_a_worker_that_fell_silent_is_not_ready(client, heard, queue):
    WorkerHeartbeat.objects.filter(queue=queue).update(at=timezone.now() - health.SILENT_AFTER - timedelta(seconds=9))
    status, told = ready(client)

    assert status == 503
    assert [name for name, part in told.items() if name != "status" and not part["ok"]] == [f"worker_{queue}"]
    assert told[f"worker_{queue}"]["seconds"] >= 69


def test_a_code_that_no_worker_takes_is_not_ready(client, heard):
    MessageFactory(kind="accounts.test", is_code=True, next_try_at=timezone.now() - timedelta(seconds=90))
    status, told = ready(client)

    assert status == 503
    assert 90 <= told["oldest_code"]["seconds"] < 120
    assert "nora" not in str(told)


@pytest.mark.parametrize(
    "row",
    [
        {"is_code": True},
        {"is_code": True, "created_at": LONG_AGO, "next_try_at": timezone.now() + timedelta(hours=1)},
        {"is_code": False, "next_try_at": LONG_AGO},
        {"is_code": True, "state": "sent", "next_try_at": LONG_AGO},
    ],
    ids=["just queued", "put off by its provider", "no code", "sent"],
)
def test_what_waits_for_good_reason_keeps_nobody_out(client, heard, row):
    MessageFactory(kind="accounts.test", **row)

    assert ready(client)[0] == 200


def test_a_broker_that_is_down_is_not_ready(client, heard, monkeypatch):
    nobody = redis.Redis(port=free_port(), socket_connect_timeout=0.5)
    monkeypatch.setattr(valkey, "client", lambda: nobody)
    status, told = ready(client)

    assert (status, told["broker"]["ok"], told["database"]["ok"]) == (503, False, True)


@pytest.mark.promise("R5")
def test_a_database_that_is_down_is_not_ready_and_no_error_page(client, db, monkeypatch):
    def fail():
        raise DatabaseError("connection to +4790000123 lost")

    monkeypatch.setattr(health, "clock", fail)
    status, told = ready(client)

    assert (status, told["database"]) == (503, {"ok": False, "words": "The database cannot be reached."})


@pytest.mark.parametrize(("task", "queue"), [(tasks.send_code, "otp"), (tasks.send_message, "default")])
def test_a_busy_worker_is_heard_by_its_work_alone(db, task, queue):
    task()

    assert WorkerHeartbeat.objects.get().queue == queue


def test_a_beat_is_written_once_in_a_while_and_not_with_every_task(db, django_assert_num_queries):
    tasks.beat_heart("otp")
    with django_assert_num_queries(1):  # the clock is looked at
        tasks.beat_heart("otp")
    health._beaten["otp"] -= health.BEAT_EVERY
    tasks.beat_heart("otp")

    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - at < interval '1 minute' FROM accounts_workerheartbeat")
        assert cursor.fetchall() == [(True,)]


@pytest.mark.promise("R8")
@pytest.mark.parametrize(("seconds", "words"), [(3, "3 seconds ahead of"), (-3, "3 seconds behind"), (-3600, "behind")])
def test_a_clock_that_differs_by_more_than_two_seconds_is_told(client, heard, time_machine, caplog, seconds, words):
    time_machine.move_to(timezone.now() + timedelta(seconds=seconds), tick=True)
    status, told = ready(client)

    assert (status, told["clock"]["ok"], told["database"]["ok"]) == (503, False, True)
    assert words in told["clock"]["words"]
    tasks.beat_heart("otp")
    assert "clock differs from the database" in caplog.text


@pytest.mark.promise("R8")
def test_staff_are_told_of_a_clock_that_is_wrong(db, time_machine):
    assert not [one for one in figures.read()["troubles"] if "clocks" in one.trouble]
    time_machine.move_to(timezone.now() + timedelta(seconds=4), tick=True)

    (told,) = [one for one in figures.read()["troubles"] if "clocks" in one.trouble]
    assert told.note == "ahead of the database’s"


@pytest.mark.promise("R8")
@pytest.mark.parametrize("seconds", [1, -1])
def test_a_second_more_or_less_alarms_nobody(client, heard, time_machine, seconds):
    time_machine.move_to(timezone.now() + timedelta(seconds=seconds), tick=True)

    assert ready(client)[0] == 200
