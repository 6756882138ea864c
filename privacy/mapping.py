"""The data map as people read it: one line a datum, for the pages and documents that are made from it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from accounts import datamap
from accounts.datamap import Personal
from privacy import words
from privacy.words import Words


@dataclass(frozen=True)
class Line:
    """One datum under one label; of fields that share the label, all that is said of any of them, each thing once."""

    label: str
    category: Words
    purposes: tuple[Words, ...]
    bases: tuple[Words, ...]
    sources: tuple[Words, ...]
    retentions: tuple[Words, ...]
    recipients: tuple[Words, ...]
    exported: tuple[Words, ...]
    corrected: tuple[Words, ...]
    erased: tuple[Words, ...]


@dataclass(frozen=True)
class Group:
    """The lines of one category."""

    title: Words
    lines: list[Line]


Field = tuple[str, str, Personal]  # a table, such as "accounts.User", one of its fields, and what is declared of it


def personal(*, end_users: bool = False) -> Iterator[Field]:
    """Every personal field; with `end_users` those alone that can be about somebody who only signs in at a site."""
    for model, name, entry in datamap.entries():
        if isinstance(entry, Personal) and not (end_users and datamap.about(model) == datamap.MEMBERS):
            yield model._meta.label, name, entry


def line(fields: list[Field]) -> Line:
    """The line of fields that share a label, in the language of the moment.

    A word that nobody has said for people stands as it was declared: `check_words` finds it, a page must not fail.
    """
    table, name, first = fields[0]
    entries = [entry for _table, _name, entry in fields]
    return Line(
        str(words.label(table, name, first) or name.replace("_", " ")),
        words.CATEGORIES.get(first.category, first.category),
        _each(words.PURPOSES.get(entry.purpose, (entry.purpose,))[0] for entry in entries),
        _each(words.BASES.get(entry.basis, entry.basis) for entry in entries),
        _each(words.SOURCES.get(entry.source, entry.source) for entry in entries),
        _each(words.RETENTIONS.get(entry.retention, entry.retention) for entry in entries),
        _each(words.RECIPIENTS.get(one, one) for entry in entries for one in entry.recipients),
        _each(words.EXPORTED.get(entry.exported, entry.exported) for entry in entries),
        _each(words.CORRECTED.get(entry.corrected, entry.corrected) for entry in entries),
        _each(words.ERASED.get(entry.erased, entry.erased) for entry in entries),
    )


def _each(found: Iterable[Words]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(str(one) for one in found))


def groups(*, end_users: bool = False) -> list[Group]:
    """All lines, by category in the order of the words."""
    return grouped(personal(end_users=end_users))


def grouped(fields: Iterable[Field]) -> list[Group]:
    """The lines of some fields, by category in the order of the words."""
    by_label: dict[tuple[str, str], list[Field]] = {}
    for table, name, entry in fields:
        key = entry.category, str(words.label(table, name, entry) or name)
        by_label.setdefault(key, []).append((table, name, entry))
    order = {category: place for place, category in enumerate(words.CATEGORIES)}
    keys = sorted(by_label, key=lambda key: (order.get(key[0], len(order)), key[1]))
    return [
        Group(words.CATEGORIES.get(category, category), [line(by_label[key]) for key in found])
        for category, found in groupby(keys, key=lambda key: key[0])
    ]


def recipients(*, end_users: bool = False) -> list[Words]:
    """Everybody who is given something."""
    return list(
        dict.fromkeys(one for group in groups(end_users=end_users) for row in group.lines for one in row.recipients)
    )


def purposes(*, end_users: bool = False) -> list[tuple[Words, Words]]:
    """What is done with it, and why it is needed."""
    used = {entry.purpose for _table, _name, entry in personal(end_users=end_users)}
    return [words.PURPOSES[purpose] for purpose in words.PURPOSES if purpose in used]


def check_words(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Deploy check: every personal field has a label, and every word of its declaration can be read by people."""
    errors: list[CheckMessage] = []
    hint = "Add it to privacy/words.py: the public page, the policy and “My data” are made from it."
    for table, name, entry in personal():
        where = f"{table}.{name}"
        if words.label(table, name, entry) is None:
            errors.append(Error(f"{where} has no label for people.", hint=hint, id="kumquat.E020"))
        errors.extend(
            Error(f"{where}: nobody has said {word!r} for people.", hint=hint, id="kumquat.E020")
            for word in words.unknown(entry)
        )
    return errors
