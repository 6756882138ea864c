"""A restart of PostgreSQL costs no request: what it has closed is let go before it is used."""

import time

import psycopg
import pytest
from django.db import connection

from accounts.connections import drop_closed

NAMED = {"host", "port", "user", "password", "dbname"}
pytestmark = pytest.mark.django_db(transaction=True)


def process() -> int:
    """The server's process behind this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    """End a connection as a restart does, and wait until it has ended."""
    where = {name: value for name, value in connection.get_connection_params().items() if name in NAMED}
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            time.sleep(0.01)


def test_a_request_after_a_restart_is_answered(client):
    before = process()
    end(before)

    assert client.post("/moas/api/auth/auth-status", {"txId": "a"}, "application/json").status_code == 200
    assert process() != before


def test_a_living_connection_is_kept():
    before = process()

    drop_closed()

    assert process() == before
