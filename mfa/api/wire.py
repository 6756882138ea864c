"""How bodies are read and answers written: JSON alone, as strictly as the dialect takes it."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from accounts.strict_json import LONGEST, Malformed, parse
from mfa.api.problems import Problem


class Json(JSONParser):
    """JSON as strictly as the dialect takes it: Python's own parser lets pass what breaks an answer (S27)."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        raw, view = stream.read(), kwargs.get("parser_context", args[-1] if args else {}).get("view")
        try:
            return parse(raw, getattr(view, "longest", LONGEST)) if raw else {}
        except Malformed as error:
            raise Problem("too_large" if error.status == 413 else "malformed", error) from error


class OnlyJson(BaseContentNegotiation):
    """Answers are JSON, whatever the client says it would like."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if kind == parser.media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
