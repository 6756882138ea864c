"""A copy of somebody's data as pages show and send it, piece by piece: it may be larger than memory."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

SHOWN = 200  # rows of a table on the page; the file has all of them
OPENS, CLOSES = '"rows": [', "]}"  # how the piece that opens a table ends, and the one that closes it


def tables(pieces: Iterator[str]) -> list[dict[str, Any]]:
    """The tables that hold something, each with its columns by label, the first rows, and how many more there are.

    The pieces are those that `packing` writes: a head, then of each table its opening, its rows by the batch, its end.
    """
    found: list[dict[str, Any]] = []
    next(pieces)
    for piece in pieces:
        text = piece.removeprefix(", ")
        if text.endswith(OPENS):
            found.append({"about": json.loads(text + "]}")["about"], "rows": [], "more": 0})
        elif text != CLOSES:
            _add(found[-1], json.loads(f"[{text}]"))
    return [one for one in found if one["rows"]]


def _add(table: dict[str, Any], batch: list[dict[str, Any]]) -> None:
    names = [about["field"] for about in table["about"]]
    room = SHOWN - len(table["rows"])
    table["rows"] += [[row[name] for name in names] for row in batch[:room]]
    table["more"] += max(0, len(batch) - room)


def file(pieces: Iterator[str]) -> StreamingHttpResponse:
    """The whole copy as a file that programs read."""
    response = StreamingHttpResponse(pieces, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
