"""Connections of a running worker that break off: it finds its way back, and no code is lost or sent twice."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import connection

from accounts import tasks
from accounts.models import Message
from tests.accounts.messages.running import State, heard, make, pass_time
from tests.accounts.messages.wire import Wire
from tests.run.waiting import until

pytestmark = [pytest.mark.promise("R4"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker():
    given = urlsplit(os.environ["REDIS_URL"])
    wire = Wire(Path(unquote(given.path)))
    database = parse_qs(given.query)["db"][0]
    yield wire, f"redis://:{given.password}@127.0.0.1:{wire.port}/{database}"
    wire.close()


@pytest.fixture
def database():
    given = connection.settings_dict
    folder = given["OPTIONS"].get("host") or given["HOST"]
    wire = Wire(Path(str(folder)) / ".s.PGSQL.5432")
    yield wire, f"postgresql://{given['USER']}@127.0.0.1:{wire.port}/{given['NAME']}"
    wire.close()


def test_a_worker_whose_connections_are_cut_three_times_works_on(start, gateway, broker, database):
    start(REDIS_URL=broker[1], DATABASE_URL=database[1])
    tasks.beat_heart.apply_async(("otp",), queue="otp")
    until(heard)

    for _time in range(3):
        before = broker[0].calls
        broker[0].cut()
        database[0].cut()
        until(lambda before=before: broker[0].calls > before)
    code = make()
    tasks.send_code.delay()
    until(lambda: state_of(code) == State.SENT)

    assert len(gateway.requests) == 1


def test_a_database_cut_off_while_the_provider_answers_leaves_the_code_unknown_and_the_worker_at_work(
    start, gateway, broker, database
):
    code = make()
    release = gateway.hold()
    start(REDIS_URL=broker[1], DATABASE_URL=database[1])
    tasks.send_code.delay()
    until(gateway.arrived.is_set)
    database[0].cut()
    release()
    other = make()
    tasks.send_code.delay()
    until(lambda: state_of(other) == State.SENT)
    assert state_of(code) == State.SENDING

    pass_time()
    tasks.sweep_outbox.delay()
    until(lambda: state_of(code) == State.UNKNOWN)

    assert len(gateway.requests) == 2


def state_of(message):
    return Message.objects.get(pk=message.pk).state
