"""The person's copy of their data, after a fresh proof: a page to read, and the file that programs read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mfa.hosted.me import access as me
from mfa.hosted.me.access import OwnRequest, actor
from privacy import copied
from privacy.hosted.own import access
from privacy.hosted.own.access import find, known, show
from privacy.models import Package, PrivacyRequest
from privacy.verbs import packing

Page = Callable[[OwnRequest, PrivacyRequest, Package], HttpResponseBase]


def of_own_copy(view: Page) -> Callable[..., Any]:
    """Open a view of a copy for its person: freshly proven, or, with nothing but a mailbox, vouched for."""

    @wraps(view)
    @require_safe
    @known
    def guarded(request: OwnRequest, public_id: str) -> HttpResponseBase:
        row = find(request, public_id)
        if not access.may_read(request, row):
            return redirect(access.address(request, "request", public_id))
        if not access.is_half(request) and not me.is_fresh(request):
            return redirect(me.with_next(me.address(request, "again"), request))
        found = packing.ready(row)
        if found is None:
            raise Http404
        return view(request, row, found)

    return guarded


@of_own_copy
def package(request: OwnRequest, row: PrivacyRequest, found: Package) -> HttpResponse:
    """The copy as a page: each datum, what it is for, and what is held."""
    tables = copied.tables(packing.text(found, actor(request)))
    return show(request, "package", row=row, tables=tables, package=found)


@of_own_copy
def download(request: OwnRequest, row: PrivacyRequest, found: Package) -> HttpResponseBase:
    """The same as a file, sent piece by piece."""
    return copied.file(packing.text(found, actor(request)))
