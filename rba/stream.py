"""Sign-ins as JSON lines, in time order: what `manage.py rba_score` reads and writes."""

import json
import math
import time
from collections.abc import Iterable, Iterator
from typing import Any

from rba.contract import Context
from rba.engine import Engine

# The field of a line, that of a context. `rtt_ms` is none of the eight kinds of data and is not looked at.
TEXTS = {
    "ip": "address",
    "country": "country",
    "city": "city",
    "ua": "user_agent",
    "browser": "browser",
    "browser_version": "browser_version",
    "os": "system",
    "os_version": "system_version",
    "device_type": "device_type",
    "lang": "language",
    "tz": "zone",
    "fp": "fingerprint",
}


def scored(lines: Iterable[str], engine: Engine) -> Iterator[dict[str, Any]]:
    """For each attempt its id, score, decision and the microseconds it took; outcomes and failures are learned from.

    Raises ValueError for a line that is no JSON object or lacks type, id or what its type needs.
    """
    for number, text in enumerate(lines, 1):
        if text.strip():
            answer = _one(_parsed(text, number), number, engine)
            if answer is not None:
                yield answer


def _one(line: dict[str, Any], number: int, engine: Engine) -> dict[str, Any] | None:
    kind = line.get("type")
    if kind == "outcome":
        if line.get("verified") is True:
            engine.prove(str(line.get("id")))
        return None
    if kind not in ("attempt", "failure") or line.get("user") is None:
        raise ValueError(f"line {number}: no attempt, outcome or failure of a user")
    started = time.perf_counter_ns()
    context = context_of(line, number)
    if kind == "failure":
        engine.fail(f"failure {number}", str(line["user"]), context)
        return None
    decision = engine.decide(str(line.get("id")), str(line["user"]), context)
    answer: dict[str, Any] = {"id": line.get("id"), "score": decision.scored.score, "decision": decision.outcome}
    return answer | {"us": (time.perf_counter_ns() - started) // 1000}


def context_of(line: dict[str, Any], number: int) -> Context:
    """What a line shows; anything else in it is dropped."""
    at = _number(line.get("ts"))
    if at is None:
        raise ValueError(f"line {number}: no time")
    texts = {name: _text(line.get(field)) for field, name in TEXTS.items()}
    asn = _number(_text(line.get("asn")).upper().removeprefix("AS"))
    return Context(
        at=at,
        asn=None if asn is None else int(asn),
        latitude=_number(line.get("lat")),
        longitude=_number(line.get("lon")),
        **texts,
    )


def _parsed(text: str, number: int) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {number}: not JSON") from error
    if not isinstance(line, dict):
        raise ValueError(f"line {number}: not a JSON object")
    return line


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value)


def _number(value: Any) -> float | None:
    """A finite number, also out of text; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
