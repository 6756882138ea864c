"""Where a page may lead after it: paths of our own only (security.md S15)."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 1000


def next_path(request: HttpRequest, default: str = "") -> str:
    """The request's `next`, or the default when it is missing, doubled, foreign, or leads to no page of ours."""
    given = [*request.GET.getlist("next"), *request.POST.getlist("next")]
    if len(set(given)) == 1 and is_own(given[0]):
        return given[0]
    return default and resolve_url(default)


def is_own(path: str) -> bool:
    """Whether this is a path on this server that some page answers at."""
    if not path.startswith("/") or len(path) > LONGEST or not path.isprintable():
        return False
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return False
    try:
        resolve(path.partition("#")[0].partition("?")[0])
    except Resolver404:
        return False
    return True


def with_next(url_name: str, path: str) -> str:
    """The address of a page that is to lead on to `path`, if there is one."""
    address = resolve_url(url_name)
    return f"{address}?{urlencode({'next': path})}" if path else address
