"""A copy of somebody's data as pages show and send it, piece by piece: it may be larger than memory."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from accounts.models import User

SHOWN = 200  # rows of a table on the page; the file has all of them
OPENS, CLOSES = '"rows": [', "]}"  # how the piece that opens a table ends, and the one that closes it
FACTS = ("purposes", "bases", "sources", "kept", "recipients")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(\+\d\d:\d\d|Z)")
Told = dict[str, Any]


def tables(pieces: Iterator[str]) -> list[Told]:
    """The tables that hold something: a title, what is said of its data, columns, the first rows, how many more.

    The pieces are those that `packing` writes: a head, then of each table its opening, its rows by the batch, its end.
    """
    found: list[Told] = []
    next(pieces)
    for piece in pieces:
        text = piece.removeprefix(", ")
        if text.endswith(OPENS):
            found.append(_opened(json.loads(text + "]}")))
        elif text != CLOSES:
            _add(found[-1], json.loads(f"[{text}]"))
    return _told_apart([one for one in found if one["rows"]])


def _told_apart(found: list[Told]) -> list[Told]:
    """Tables of one title say more: the first label of their own that goes on after it."""
    titles = Counter(one["title"] for one in found)
    taken: set[str] = set()
    for one in found:
        title = one["title"]
        if titles[title] > 1:
            labels = [label for said in one["about"] for label in said["labels"] if label.startswith(f"{title}:")]
            one["title"] = next((label for label in labels if label not in taken), title)
            taken.add(one["title"])
    return found


def _opened(told: Told) -> Told:
    about = told["about"]
    title = about[0]["category"] if told["table"] == User._meta.label else about[0]["label"].partition(":")[0]
    names = [one["field"] for one in about]
    columns = [capfirst(name.replace("_", " ")) for name in names]
    return {"title": title, "about": _merged(about), "names": names, "columns": columns, "rows": [], "more": 0}


def _merged(about: list[Told]) -> list[Told]:
    """What is the same of several data is said once, with all of their labels."""
    found: dict[str, Told] = {}
    for one in about:
        known = found.setdefault(json.dumps([one[fact] for fact in FACTS]), {**one, "labels": []})
        if one["label"] not in known["labels"]:
            known["labels"].append(one["label"])
    return list(found.values())


def _add(table: Told, batch: list[Told]) -> None:
    room = SHOWN - len(table["rows"])
    table["rows"] += [[(column, _shown(row[name])) for name, column in _columns(table)] for row in batch[:room]]
    table["more"] += max(0, len(batch) - room)


def _columns(table: Told) -> Iterator[tuple[str, str]]:
    return zip(table["names"], table["columns"], strict=True)


def _shown(value: Any) -> Any:
    """A value as people read it; moments in their own words."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    return value


def file(pieces: Iterator[str]) -> StreamingHttpResponse:
    """The whole copy as a file that programs read."""
    response = StreamingHttpResponse(pieces, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
