"""The tables that every sign-in writes to carry no index that another one makes needless."""

from itertools import permutations

import pytest
from django.db import connection

from accounts.models import AuditRecord, Message
from mfa.models import Authenticator, Transaction

# Columns in order, with the direction left out: PostgreSQL reads an index both ways
INDEXES = """
SELECT i.relname, x.indkey::text, coalesce(pg_get_expr(x.indpred, x.indrelid), ''), x.indisunique
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %s::regclass AND x.indexprs IS NULL
"""


@pytest.mark.product("speed-4")
@pytest.mark.django_db
@pytest.mark.parametrize("model", [Transaction, Authenticator, AuditRecord, Message])
def test_no_index_is_the_beginning_of_another(model):
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [model._meta.db_table])
        found = cursor.fetchall()

    needless = [
        f"{short} is the beginning of {long}"
        for (short, columns, where, unique), (long, more, elsewhere, _unique) in permutations(found, 2)
        if where == elsewhere and not unique and f"{more} ".startswith(f"{columns} ")
    ]

    assert len(found) > 3
    assert needless == []


@pytest.mark.django_db
def test_an_authenticators_page_has_room_for_its_next_version():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [Authenticator._meta.db_table])

        assert cursor.fetchone()[0] == ["fillfactor=80"]
