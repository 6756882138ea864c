"""A lock that others hold, a database that hangs up: the answer is "later", never a success."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import close_old_connections, connection

from accounts.models import Customer
from mfa import codes
from mfa.models import Authenticator, Transaction
from tests.factories import ApiKeyFactory, AuthenticatorFactory, TransactionFactory, UserFactory
from tests.mfa.compat.plugin import Plugin

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_else() -> Iterator[psycopg.Connection]:
    """Another connection to the same database, with a transaction that ends with the block."""
    given = connection.settings_dict
    host = given["OPTIONS"].get("host") or given["HOST"]
    with psycopg.connect(host=str(host), user=str(given["USER"]), dbname=str(given["NAME"])) as other:
        yield other


@pytest.fixture
def plugin():
    found = Plugin.of(ApiKeyFactory())
    found.client.raise_request_exception = False
    return found


@pytest.fixture
def impatient():
    """We wait for locks shorter than the two seconds that are set."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("2s",)
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def begun(plugin):
    """An open transaction of a user of the plugin's customer."""
    user = UserFactory(customer=Customer.objects.get(number=plugin.number))
    return TransactionFactory(authenticator=AuthenticatorFactory(user=user, method="email_code", secret=None))


@pytest.mark.promise("R6")
@pytest.mark.parametrize("table", ["mfa_authenticator", "mfa_transaction"])
def test_what_somebody_else_locks_makes_the_answer_late_and_never_wrong(plugin, impatient, table):
    txn = begun(plugin)
    code = codes.derive(txn)
    with somebody_else() as other:
        other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        late = plugin.post("api/auth/validate", txId=txn.public_id, token=code)
        assert (late["status"], plugin.answer.status_code) == ("ERROR", 503)
        assert int(plugin.answer["Retry-After"]) > 0

    assert Transaction.objects.get(pk=txn.pk).tries == 0
    assert Authenticator.objects.get(pk=txn.authenticator_id).failures == 0
    assert plugin.post("api/auth/validate", txId=txn.public_id, token=code)["status"] == "SUCCESS"


@pytest.mark.promise("R5")
def test_a_database_that_hangs_up_lets_nobody_in_and_the_next_call_finds_it_again(plugin):
    txn = begun(plugin)
    code = codes.derive(txn)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()

    def hang_up(execute, *given):
        """In the midst of a call: a connection that is gone before one begins is noticed and replaced."""
        with somebody_else() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
        return execute(*given)

    with connection.execute_wrapper(hang_up):
        gone = plugin.post("api/auth/validate", txId=txn.public_id, token=code)

    assert (gone["status"], plugin.answer.status_code) == ("ERROR", 503)
    close_old_connections()  # as the server does before each request
    assert Transaction.objects.get(pk=txn.pk).state == Transaction.State.PENDING
    assert plugin.post("api/auth/validate", txId=txn.public_id, token=code)["status"] == "SUCCESS"
