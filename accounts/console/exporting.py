"""Lists as CSV: streamed, never a formula in disguise, and noted in the audit trail."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts import audit, disclosing
from accounts.console.listing import figure
from accounts.console.pages import actor, refuse
from accounts.http import KumquatRequest

Row = TypeVar("Row", bound=Model)
MOST = 100_000
BATCH = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")  # = + - @ of full width, too


class _Echo:
    """A file for csv.writer that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def cell(value: Any) -> str:
    """A value as a spreadsheet may safely open it: what would be a formula gets an apostrophe (security.md S24)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def download(
    request: KumquatRequest,
    name: str,
    rows: QuerySet[Row],
    header: Sequence[Any],
    read: Callable[[list[Row]], Iterator[Sequence[Any]]],
    given: list[str],
    people: Callable[[Row], Iterable[UUID | None]],
) -> HttpResponse | StreamingHttpResponse:
    """All `rows` as a file, newest first; `read` turns a batch of them into lines. The ledger notes `given` of the
    file, and of each of the `people` that a row names, before the first line that names them.

    Read in batches by key, so that neither memory nor one long statement limits it. A list that is too long is refused
    rather than cut, since nobody sees what a file lacks.
    """
    if rows.order_by()[: MOST + 1].count() > MOST:
        text = _("That is more than %(most)s rows. Choose fewer days and download in parts.")
        refuse(request, text % {"most": figure(MOST)})
        back = request.GET.copy()
        back.pop("before", None)
        return redirect(f"{request.path.removesuffix('csv/')}?{back.urlencode()}")
    facts = {"list": name, "filters": sorted(key for key, value in request.GET.items() if value)}
    audit.record("list.exported", actor(request), request.customer, request.customer, facts=facts)
    reference = f"list.exported {name}"
    disclosing.record(
        request.customer,
        user=None,
        recipient=disclosing.CUSTOMER,
        fields=given,
        basis=disclosing.Basis.INSTRUCTION,
        reference=reference,
    )
    note = partial(disclosing.record_file, request.customer, fields=given, reference=reference)
    answer = StreamingHttpResponse(_lines(rows, header, read, people, note), content_type="text/csv; charset=utf-8")
    filename = f"{slugify(request.customer.name) or 'kumquat'}-{name}-{localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _lines(
    rows: QuerySet[Row],
    header: Sequence[Any],
    read: Callable[[list[Row]], Iterator[Sequence[Any]]],
    people: Callable[[Row], Iterable[UUID | None]],
    note: Callable[[Iterable[UUID]], None],
) -> Iterator[str]:
    writer, noted = csv.writer(_Echo()), set[UUID]()
    yield "\ufeff"  # so that spreadsheets take it for UTF-8
    yield writer.writerow([cell(title) for title in header])
    batch = list(rows.order_by("-pk")[:BATCH])
    while batch:
        named = {one for row in batch for one in people(row) if one is not None} - noted
        note(named)
        noted |= named
        for line in read(batch):
            yield writer.writerow([cell(value) for value in line])
        batch = list(rows.filter(pk__lt=batch[-1].pk).order_by("-pk")[:BATCH]) if len(batch) == BATCH else []
