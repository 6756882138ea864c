"""From what goes wrong in a view to problem details: one handler for every call of the API."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from accounts import problems
from accounts.strict_json import Malformed

NONE = "non_field_errors"


class Problem(exceptions.APIException):
    """Something that a call is answered instead of what it asked for."""

    def __init__(self, code: str, detail: Any = "", wait: int = 0, **more: Any) -> None:
        super().__init__(str(detail))
        self.code, self.said, self.wait, self.more = code, detail, wait, more


def not_usable(field: str, words: Any) -> Problem:
    """A field of the call cannot be used, in words for whoever debugs a program."""
    return Problem("not_usable", errors=[{"field": field, "message": str(words)}])


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception, or None for what is a fault of ours."""
    problem = _problem(error)
    if problem is None:
        return None
    request = context["request"]._request
    more = dict(problem.more)
    headers = {}
    if problem.wait:
        headers["Retry-After"] = str(problem.wait)
        more["retry_after"] = problem.wait
    if problem.code == "unauthenticated":
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if problem.code == "method_not_allowed":
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    said = problems.body(problem.code, request, problem.said, **more)
    return Response(said, said["status"], headers=headers, content_type=problems.CONTENT_TYPE)


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Problem("not_usable", errors=list(_named(error.detail)))
    if isinstance(error, exceptions.Throttled):
        return Problem("limited", wait=int(getattr(error, "wait", None) or 1))
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            detail = str(error.detail) if isinstance(error, exceptions.ParseError) else ""
            return Problem(code, detail)
    return None


_CODES: tuple[tuple[Any, str], ...] = (
    ((RequestDataTooBig,), "too_large"),
    ((exceptions.ParseError, Malformed), "malformed"),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), "unauthenticated"),
    ((exceptions.PermissionDenied,), "forbidden"),
    ((Http404, exceptions.NotFound), "not_found"),
    ((exceptions.MethodNotAllowed,), "method_not_allowed"),
    ((exceptions.UnsupportedMediaType,), "not_json"),
)


def _named(detail: Any, field: str = "") -> Any:
    """Every message with the path of its field, as in `given.answers.0`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = "" if name == NONE else str(name)
            yield from _named(inner, ".".join(part for part in (field, here) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _named(inner, field)
    else:
        yield {"field": field, "message": str(detail)}
