"""The person's copy of their data, after a fresh proof: a page to read, and the file that programs read."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from mfa.hosted.me.access import OwnRequest, actor, fresh, own_page
from privacy.hosted.own.access import find, show
from privacy.models import Package
from privacy.verbs import packing

SHOWN = 200  # rows of a table on the page; the file has all of them


@require_safe
@own_page
@fresh
def package(request: OwnRequest, public_id: str) -> HttpResponse:
    """The copy as a page: each datum, what it is for, and what is held."""
    row, found = _ready(request, public_id)
    told = json.loads("".join(packing.text(found, actor(request))))
    tables = [_table(one) for one in told["tables"] if one["rows"]]
    return show(request, "package", row=row, told=told, tables=tables, package=found)


@require_safe
@own_page
@fresh
def download(request: OwnRequest, public_id: str) -> HttpResponse:
    """The same as a file."""
    _row, found = _ready(request, public_id)
    response = HttpResponse("".join(packing.text(found, actor(request))), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _ready(request: OwnRequest, public_id: str) -> tuple[Any, Package]:
    row = find(request, public_id)
    found = packing.ready(row)
    if found is None:
        raise Http404
    return row, found


def _table(one: dict[str, Any]) -> dict[str, Any]:
    """A table of the copy, its columns by label and its rows in that order."""
    names = [about["field"] for about in one["about"]]
    rows = [[row[name] for name in names] for row in one["rows"][:SHOWN]]
    return {"about": one["about"], "rows": rows, "more": max(0, len(one["rows"]) - SHOWN)}
