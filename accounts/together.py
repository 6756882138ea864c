"""Several rows written by one statement, where a round trip for each would cost more than the writing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models

Reader = Callable[[models.Model], Any]


@dataclass(frozen=True)
class Insert:
    """A new row, whose primary key is set."""

    row: models.Model


@dataclass(frozen=True)
class Update:
    """These fields of a row that is there."""

    row: models.Model
    fields: tuple[str, ...]


def write(*writes: Insert | Update) -> None:
    """Write rows as `save` would, without its signals: all of them, or DatabaseError and none.

    PostgreSQL writes them in no order and each sees what was there before, so no row may be named twice. Foreign keys
    between them are well, since they are checked at commit.
    """
    statement = _statement(tuple((type(one.row), one.fields if isinstance(one, Update) else None) for one in writes))
    params = [read(one.row) for one, readers in zip(writes, statement.readers, strict=True) for read in readers]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        if cursor.rowcount != len(writes):
            raise DatabaseError(f"{len(writes) - cursor.rowcount} of {len(writes)} rows are not there")
    for one in writes:
        one.row._state.adding, one.row._state.db = False, DEFAULT_DB_ALIAS


@dataclass(frozen=True)
class _Statement:
    """The statement for rows of these kinds, and what reads each one's parameters, in order."""

    sql: str
    readers: list[list[Reader]]


@cache
def _statement(shapes: tuple[tuple[type[models.Model], tuple[str, ...] | None], ...]) -> _Statement:
    parts = [_insert(model) if fields is None else _update(model, fields) for model, fields in shapes]
    named = ", ".join(f"w{number} AS ({sql} RETURNING 1)" for number, (sql, _readers) in enumerate(parts))
    counted = " UNION ALL ".join(f"SELECT * FROM w{number}" for number in range(len(parts)))  # noqa: S608
    return _Statement(f"WITH {named} {counted}", [readers for _sql, readers in parts])


def _insert(model: type[models.Model]) -> tuple[str, list[Reader]]:
    fields = list(model._meta.concrete_fields)
    places = ", ".join(["%s"] * len(fields))
    columns = ", ".join(_quoted(field.column) for field in fields)
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    return sql, [_reader(field, adding=True) for field in fields]


def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Reader]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    key: Any = model._meta.pk
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_quoted(key.column)} = %s"  # noqa: S608
    return sql, [_reader(field, adding=False) for field in (*fields, key)]


def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(str(name)))


# Fields whose values the driver takes as they are
_PLAIN = {
    *(models.CharField, models.TextField, models.BooleanField, models.DateTimeField, models.UUIDField),
    *(models.SmallIntegerField, models.IntegerField, models.BigIntegerField, models.BigAutoField),
    *(models.PositiveSmallIntegerField, models.PositiveIntegerField, models.ForeignKey),
}


def _reader(field: Any, adding: bool) -> Reader:
    if type(field) in _PLAIN and not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False):
        return attrgetter(field.attname)
    return lambda row: field.get_db_prep_save(field.pre_save(row, adding), connection)
