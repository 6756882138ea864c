"""Reads a client's JSON strictly: what Python's parser lets pass and PostgreSQL or we could not bear is refused.

Measured: `json.loads` raises RecursionError at depth 1,500 and takes NaN, doubled keys, NUL and lone surrogates
(security.md S27).
"""

import json
import re
from typing import Any

MOST_BYTES = 64 * 1024
DEEPEST = 32
LONGEST = 4096
MOST_FIELDS = 100
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")


class Malformed(ValueError):
    """The body is not what this call takes; the message says why, in words for whoever debugs a client."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def parse(raw: bytes, longest: int = LONGEST) -> dict[str, Any]:
    """The JSON object in a body, whose texts have at most `longest` characters. Raises Malformed."""
    if len(raw) > MOST_BYTES:
        raise Malformed("The body is larger than 64 kB.", 413)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    if _depth(text) > DEEPEST:
        raise Malformed("The body is nested too deeply.")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except Malformed:
        raise
    except ValueError as error:
        raise Malformed("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise Malformed("The body is not a JSON object.")
    _inspect(value, longest)
    return value


def _depth(text: str) -> int:
    """The deepest nesting of brackets, those inside strings included: an upper bound, which is all that is needed.

    Where they are few, their number is bound enough, and counted many times faster.
    """
    opening = text.count("[") + text.count("{")
    if opening <= DEEPEST:
        return opening
    deepest = depth = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_FIELDS:
        raise Malformed("The body has more than 100 fields.")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("A field is given twice.")
    return found


def _constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON.")


def _inspect(value: Any, longest: int) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _inspect(key, longest)
            _inspect(inner, longest)
    elif isinstance(value, list):
        for inner in value:
            _inspect(inner, longest)
    elif isinstance(value, str):
        if len(value) > longest:
            raise Malformed(f"A text is longer than {longest:,} characters.")
        if _NO_CHARACTER.search(value):
            raise Malformed("A text holds a character that is none.")
