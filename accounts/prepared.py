"""A query compiled once and run with other values.

Django takes longer to compile a wide `SELECT` than PostgreSQL takes to find its row, which counts where every sign-in
passes (docs/performance.md).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query_utils import DeferredAttribute
from django.db.transaction import TransactionManagementError

from accounts.fields import Decrypting

P = ParamSpec("P")
M = TypeVar("M", bound=Model)

# Values that stand in for those of a call while its query is compiled, told apart by a number
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda n: -1_000_000_000 - n,
    str: lambda n: f"sample {n}",
    UUID: lambda n: UUID(int=n),
    datetime: lambda n: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(days=n),
}


class Unpreparable(TypeError):
    """A query that is not the same for all values, or does something to a value before it is compared."""


def prepared(build: Callable[P, QuerySet[M]]) -> Callable[P, list[M]]:
    """Turn a function that makes a queryset into one that gives its rows, compiled at the first use in a process.

    All parameters are by keyword. Those annotated `int`, `str`, `UUID` or `datetime` are filled in at each call; any
    other is part of the query, which is compiled once for each of its values, so these must be few and hashable.
    Raises Unpreparable when what it fills in would not be the queryset's own rows, TypeError for a value of another
    type (None among them), and as a queryset does when rows are locked outside a transaction.
    """
    parameters = inspect.signature(build, eval_str=True).parameters.values()
    if any(parameter.kind is not parameter.KEYWORD_ONLY for parameter in parameters):
        raise Unpreparable(f"{build.__name__} takes values by position")
    kinds = {parameter.name: parameter.annotation for parameter in parameters if parameter.annotation in _SAMPLES}

    @cache
    def compiled(**shape: Any) -> _Compiled:
        return _compile(build, kinds, shape)

    @wraps(build)
    def rows(*_none: P.args, **given: P.kwargs) -> list[M]:
        shape = {name: value for name, value in given.items() if name not in kinds}
        return compiled(**shape).rows(given)

    return rows


@dataclass(frozen=True)
class _Place:
    """Where a parameter of the statement comes from: the value of that name, as `wrap` sends it, or a constant."""

    name: str = ""
    kind: type = object
    wrap: Callable[[Any], Any] | None = None
    constant: Any = None

    def fill(self, values: dict[str, Any]) -> Any:
        if not self.name:
            return self.constant
        value = values[self.name]
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} is {value!r}, not of type {self.kind.__name__}")
        return value if self.wrap is None else self.wrap(value)


@dataclass(frozen=True)
class _Compiled:
    """The statement, where its parameters come from, and how a row becomes model instances. Shared by threads."""

    sql: str
    places: tuple[_Place, ...]
    locks: bool
    part: "_Part"
    converters: list[tuple[int, list[Any], Any]]
    annotations: list[tuple[str, int]]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked inside a transaction only")
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [place.fill(values) for place in self.places])
            found = cursor.fetchall()
        return [self._instance(list(row)) for row in found]

    def _instance(self, row: list[Any]) -> Model:
        """As django.db.models.query.ModelIterable makes it."""
        for position, converters, expression in self.converters:
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        instance = self.part.make(row)
        for name, position in self.annotations:
            setattr(instance, name, row[position])
        return instance


@dataclass(frozen=True)
class _Part:
    """The columns of one model in a row, and those of the models that hang on it (`select_related`)."""

    model: type[Model]
    columns: slice
    names: tuple[str, ...]
    asked: tuple[str, ...]  # those of the names whose field has its own way to take a value
    key: int  # the position of the primary key
    hang: tuple[Callable[..., None], Callable[..., None]]  # on the row before, and that on this one
    related: "tuple[_Part, ...]"

    @classmethod
    def of(cls, info: dict[str, Any], select: list[Any]) -> "_Part":
        model, fields = info["model"], info["select_fields"]
        if model.__init__ is not Model.__init__ or info.get("from_parent"):
            raise Unpreparable(f"{model.__name__} is made in a way of its own")
        columns = slice(fields[0], fields[-1] + 1)
        names = tuple(column[0].target.attname for column in select[columns])
        plain = (DeferredAttribute, Decrypting)
        return cls(
            model=model,
            columns=columns,
            names=names,
            asked=tuple(name for name in names if not isinstance(inspect.getattr_static(model, name), plain)),
            key=fields[0] + names.index(model._meta.pk.attname),
            hang=(info.get("local_setter", _nothing), info.get("remote_setter", _nothing)),
            related=tuple(cls.of(one, select) for one in info.get("related_klass_infos", [])),
        )

    def make(self, row: list[Any]) -> Model:
        """As `Model.from_db` makes it, which asks every field, and the listeners to signals that nobody here has."""
        instance = self.model.__new__(self.model)
        values = dict(zip(self.names, row[self.columns], strict=True))
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
        vars(instance).update(values)
        for name in self.asked:
            setattr(instance, name, values[name])
        for part in self.related:
            other = None if row[part.key] is None else part.make(row)
            here, there = part.hang
            here(instance, other)
            if other is not None:
                there(other, instance)
        return instance


def _nothing(*_given: Any) -> None:
    """A reverse side that nobody asked for."""


def _compile(build: Callable[..., QuerySet[Any]], kinds: dict[str, type], shape: dict[str, Any]) -> _Compiled:
    """Compile twice with other samples: what differs must be the samples, each somewhere, and nothing else."""
    first, second = (_samples(kinds, number) for number in (0, len(kinds)))
    rows: Any = build(**first, **shape)
    compiler = rows.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    other_sql, other_params = build(**second, **shape).query.get_compiler(connection=connection).as_sql()
    if sql != other_sql or rows._prefetch_related_lookups or rows._fields is not None:
        raise Unpreparable(f"{build.__name__} makes another query for other values, or no instances")
    places = [_place(one, other, first, second) for one, other in zip(params, other_params, strict=True)]
    if None in places or {place.name for place in places if place} - {""} != set(kinds):
        raise Unpreparable(f"{build.__name__} changes a value, leaves one out or brings one of its own")
    klass, select = cast(dict[str, Any], compiler.klass_info), cast(list[Any], compiler.select)
    return _Compiled(
        sql=sql,
        places=tuple(place for place in places if place),
        locks=rows.query.select_for_update,
        part=_Part.of(klass, select),
        converters=[(at, found, what) for at, (found, what) in compiler.get_converters([s[0] for s in select]).items()],
        annotations=list((compiler.annotation_col_map or {}).items()),
    )


def _samples(kinds: dict[str, type], start: int) -> dict[str, Any]:
    return {name: _SAMPLES[kind](number) for number, (name, kind) in enumerate(kinds.items(), start + 1)}


def _place(one: Any, other: Any, first: dict[str, Any], second: dict[str, Any]) -> _Place | None:
    """The place of a parameter that was `one` with the first samples and `other` with the second."""
    if one == other:
        return _Place(constant=one)
    for name, sample in first.items():
        if one == sample and other == second[name]:
            kind = type(sample)
            return _Place(name, kind, None if type(one) is kind else type(one))
    return None
