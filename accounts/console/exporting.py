"""Lists as CSV: streamed, never a formula in disguise, and noted in the audit trail."""

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

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
) -> HttpResponse | StreamingHttpResponse:
    """All `rows` as a file, newest first; `read` turns a batch of them into lines, `given` is what the ledger notes.

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
    disclosing.record(
        request.customer,
        user=None,
        recipient=disclosing.CUSTOMER,
        fields=given,
        basis=disclosing.Basis.INSTRUCTION,
        reference=f"list.exported {name}",
    )
    answer = StreamingHttpResponse(_lines(rows, header, read), content_type="text/csv; charset=utf-8")
    filename = f"{slugify(request.customer.name) or 'kumquat'}-{name}-{localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _lines(
    rows: QuerySet[Row], header: Sequence[Any], read: Callable[[list[Row]], Iterator[Sequence[Any]]]
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # so that spreadsheets take it for UTF-8
    yield writer.writerow([cell(title) for title in header])
    batch = list(rows.order_by("-pk")[:BATCH])
    while batch:
        for line in read(batch):
            yield writer.writerow([cell(value) for value in line])
        batch = list(rows.filter(pk__lt=batch[-1].pk).order_by("-pk")[:BATCH]) if len(batch) == BATCH else []
