"""A real Celery worker beside a real gateway, killed with -9 at the worst moments, and a broker that dies too."""

import pytest
from celery import Celery
from django.db import connection, transaction
from django.utils import timezone

from accounts import tasks
from accounts.models import Message
from config.run import services
from config.run.children import Child
from config.run.console import Console
from tests.accounts.messages.running import State, heard, make, pass_time, state
from tests.factories import CustomerFactory
from tests.run.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.product("sending-3")
@pytest.mark.promise("R1")
def test_killed_between_claiming_and_sending_the_code_is_sent_once_by_the_next_worker(start, gateway, tmp_path):
    make("tests.slow")
    tasks.send_code.delay()
    worker = start()
    until((tmp_path / "begun").exists)
    worker.kill()
    assert (state(), gateway.requests) == (State.CLAIMED, [])

    pass_time()
    (tmp_path / "go on").touch()
    start()
    tasks.sweep_outbox.delay()
    until(lambda: state() == State.SENT)

    assert len(gateway.requests) == 1


@pytest.mark.promise("R1")
def test_killed_between_claiming_and_sending_too_late_the_code_is_not_sent_at_all(start, gateway, tmp_path):
    make("tests.slow")
    tasks.send_code.delay()
    worker = start()
    until((tmp_path / "begun").exists)
    worker.kill()

    pass_time()
    Message.objects.update(not_after=timezone.now())
    start()
    tasks.sweep_outbox.delay()
    until(lambda: state() == State.EXPIRED)

    assert gateway.requests == []
    assert Message.objects.get().reason == "too_late"


@pytest.mark.product("sending-4")
@pytest.mark.promise("R2")
def test_killed_while_the_provider_answers_the_code_is_unknown_and_never_repeated(start, gateway):
    make()
    release = gateway.hold()
    tasks.send_code.delay()
    worker = start()
    until(gateway.arrived.is_set)
    worker.kill()
    release()
    assert state() == State.SENDING

    assert_never_repeated(start, gateway)


@pytest.mark.promise("R2")
def test_killed_between_the_provider_s_yes_and_our_commit_the_code_is_unknown_and_never_repeated(start, gateway):
    """The row is locked while the provider says yes, so that the worker is caught waiting to write it down."""
    make()
    release = gateway.hold()
    tasks.send_code.delay()
    worker = start()
    until(gateway.arrived.is_set)
    with transaction.atomic():
        Message.objects.select_for_update().get()
        release()
        until(waiting_for_the_row)
        worker.kill()
        for backend in waiting_for_the_row():  # else it would still write what it was asked to, for nobody
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert state() == State.SENDING

    assert_never_repeated(start, gateway)


def waiting_for_the_row():
    """The backends of our database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return [row[0] for row in cursor]


def assert_never_repeated(start, gateway):
    pass_time()
    for task in (tasks.sweep_outbox, tasks.send_code, tasks.send_code, tasks.sweep_outbox):
        task.delay()
    tasks.beat_heart.apply_async(("otp",), queue="otp")
    start()
    until(lambda: heard() and state() == State.UNKNOWN)

    assert Message.objects.get().reason == "lost_worker"
    assert len(gateway.requests) == 1


@pytest.mark.promise("R10")
def test_a_task_published_five_times_sends_once(start, gateway):
    make()
    for _ in range(5):
        tasks.send_code.delay()
    start()
    until(lambda: state() == State.SENT)
    tasks.sweep_outbox.delay()
    until(lambda: heard() and state() == State.SENT)

    assert len(gateway.requests) == 1


@pytest.mark.product("sending-2")
def test_a_flood_in_the_queue_does_not_delay_another_customer_s_code(start, gateway):
    """The worker is busy with the first of 200 when the other customer's code comes: that is among the next two."""
    flooding, other = CustomerFactory(), CustomerFactory()
    for _ in range(200):
        make(customer=flooding)
        tasks.send_code.delay()
    release = gateway.hold()
    start()
    until(gateway.arrived.is_set)
    code = make(customer=other, next_try_at=timezone.now())
    tasks.send_code.delay()
    release()
    until(lambda: Message.objects.filter(pk=code.pk, state=State.SENT).exists())

    ids = [request["body"]["id"] for request in gateway.requests]
    assert ids.index(f"{code.pk.hex}@localhost") <= 2


@pytest.fixture
def own_broker(tmp_path):
    """A Valkey of this test's own: its address, and a function that kills it and starts it anew, with nothing in it."""
    _database, part = services.prepare(tmp_path / "own", lasting=False)
    with (tmp_path / "valkey.log").open("w") as log:
        running = [Child(part, Console(log))]

        def restart():
            running[0].kill()
            until(lambda: running[0].poll() is not None)
            running[0].sweep()
            running[0] = Child(part, Console(log))
            until(part.ready)

        until(part.ready)
        yield services.addresses(tmp_path / "own")["REDIS_URL"], restart
        running[0].stop()


@pytest.mark.promise("R3")
def test_a_broker_killed_and_emptied_under_a_running_worker_costs_no_code(start, gateway, own_broker):
    url, restart = own_broker
    address = url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    start(REDIS_URL=url)
    with Celery(broker=address, set_as_current=False) as client:
        client.send_task("accounts.tasks.beat_heart", ("otp",), queue="otp")
        until(heard)

        for _ in range(20):
            make()
        restart()
        client.send_task("accounts.tasks.sweep_outbox", queue="otp")
        until(lambda: not Message.objects.exclude(state=State.SENT).exists())

    assert len(gateway.requests) == 20
