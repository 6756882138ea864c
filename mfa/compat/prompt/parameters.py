"""The parameters of a call, from its query and its body, each of those we read at most once (security.md S15)."""

from collections.abc import Iterable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

UNREADABLE = (
    RequestDataTooBig,
    SuspiciousOperation,
    MultiPartParserError,
    UnreadablePostError,
    UnicodeDecodeError,
    ValueError,
)


class Malformed(Exception):
    """A call that cannot be read, or says one thing twice."""


def read(request: HttpRequest, names: Iterable[str], *, from_query: bool = True) -> dict[str, str]:
    """The named parameters that were sent. Python sends them in the query with an empty body, PHP as multipart."""
    try:
        sources = [request.POST, *([request.GET] if from_query else [])]
        found = {name: [value for source in sources for value in source.getlist(name)] for name in names}
    except UNREADABLE as error:
        raise Malformed("the body cannot be read") from error
    for name, values in found.items():
        if len(values) > 1:
            raise Malformed(f"{name} is there more than once")
        if any("\0" in value for value in values):
            raise Malformed(f"{name} holds a character that cannot be")
    return {name: values[0] for name, values in found.items() if values}
