"""Connections used up, a disk that fills up: the answer is "later", nothing is half-written, and it passes alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User
from config.run import parts
from mfa import codes
from mfa.models import Transaction
from tests.factories import ApiKeyFactory, AuthenticatorFactory, TransactionFactory, UserFactory, member
from tests.mfa.compat.plugin import Plugin
from tests.mfa.doors.test_register import filled
from tests.routes.world import rows

LIMIT = 2  # connections of our role


def do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def plugin():
    found = Plugin.of(ApiKeyFactory(site__connected_at=timezone.now()))
    found.client.raise_request_exception = False
    return found


@pytest.fixture
def txn(plugin):
    user = UserFactory(customer=Customer.objects.get(number=plugin.number))
    return TransactionFactory(authenticator=AuthenticatorFactory(user=user, method="email_code", secret=None))


@pytest.fixture
def few() -> Iterator[dict[str, str]]:
    """We connect as a role that may do so twice, as if the database allowed no more; how others connect as it."""
    given = connection.settings_dict
    was, role = given["USER"], f"few_{given['NAME']}"
    do(
        f"CREATE ROLE {role} LOGIN CONNECTION LIMIT {LIMIT}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
    )
    connection.close()
    given["USER"] = role
    yield {"host": str(given["OPTIONS"].get("host") or given["HOST"]), "user": role, "dbname": str(given["NAME"])}
    connection.close()
    given["USER"] = was
    do(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


@pytest.mark.promise("R6")
@pytest.mark.django_db(transaction=True)
def test_when_others_hold_every_connection_all_are_told_to_come_back_and_the_first_free_one_serves(plugin, txn, few):
    code = codes.derive(txn)
    connection.close()
    with ExitStack() as held:
        for _each in range(LIMIT):
            held.enter_context(psycopg.connect(**few))
        late = plugin.post("api/auth/validate", txId=txn.public_id, token=code)
        assert (late["status"], plugin.answer.status_code) == ("ERROR", 503)
        assert int(plugin.answer["Retry-After"]) > 0
        page = plugin.client.post(reverse("doors:sign_in"), {"email": "a@b.example", "password": "x"})
        assert (page.status_code, page["Retry-After"]) == (503, "5")
        assert plugin.client.get("/readyz").json()["database"]["ok"] is False
        assert plugin.client.get("/healthz").status_code == 200

    assert plugin.post("api/auth/validate", txId=txn.public_id, token=code)["status"] == "SUCCESS"


@pytest.mark.promise("R6")
@pytest.mark.django_db
def test_all_our_processes_together_leave_half_of_the_connections_to_others(tmp_path):
    """Each web thread and each worker process holds one for good; more than these there are never."""
    web = int(_word_after("--workers", parts.GRANIAN)) * int(_word_after("--blocking-threads", parts.GRANIAN))
    workers = [part.argv for part in parts.workers(tmp_path, {}) if "-Q" in part.argv]
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        allowed = int(cursor.fetchone()[0])

    assert len(workers) == 3
    assert web + sum(int(_word_after("-c", argv)) + 1 for argv in workers) <= allowed / 2


def _word_after(word, argv):
    return argv[list(argv).index(word) + 1]


@contextmanager
def full(table: str) -> Iterator[None]:
    """The disk is full, as PostgreSQL says it when this table has to grow."""
    do(
        "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        f"CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_space()",
    )
    try:
        yield
    finally:
        do("DROP FUNCTION no_space() CASCADE")


@pytest.mark.promise("R7")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["mfa_transaction", "mfa_authenticator", "accounts_auditrecord"])
def test_a_disk_that_is_full_spends_no_code_and_counts_nothing(plugin, txn, table):
    code = codes.derive(txn)
    before = rows()
    with full(table):
        late = plugin.post("api/auth/validate", txId=txn.public_id, token=code)
        assert (late["status"], plugin.answer.status_code) == ("ERROR", 503)

    now = rows()
    assert {model._meta.label for model in now if now[model] != before[model]} == set()
    assert plugin.post("api/auth/validate", txId=txn.public_id, token=code)["status"] == "SUCCESS"


@pytest.mark.promise("R7")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["accounts_message", "mfa_transaction"])
def test_a_disk_that_is_full_begins_no_sign_in_that_nobody_was_told_of(plugin, txn, table):
    Transaction.objects.all().delete()
    with full(table):
        plugin.post("api/auth/challenge", username=txn.user.username, authType="EMAIL")
        assert plugin.answer.status_code == 503
    assert not Transaction.objects.exists()

    assert plugin.post("api/auth/challenge", username=txn.user.username, authType="EMAIL")["status"] == "SUCCESS"


@pytest.mark.promise("R7")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["accounts_site", "accounts_apikey", "accounts_link", "accounts_message"])
def test_a_disk_that_is_full_registers_nobody_by_half(client, table):
    member()  # the operator's row is there
    client.raise_request_exception = False
    given = filled(client)
    before = rows()
    with full(table):
        assert client.post(reverse("doors:register"), given).status_code == 503

    now = rows()
    assert {model._meta.label for model in now if now[model] != before[model]} == set()
    assert client.post(reverse("doors:register"), given).status_code == 200
    assert User.objects.filter(email=given["email"]).exists()
