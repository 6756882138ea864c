"""The time that decides: the database's, which all processes and machines share (security.md R8)."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The database's time at this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at
