"""Sign-ins as JSON lines, in time order: what `manage.py rba_score` reads and writes."""

import json
import math
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from rba.contract import Context, Outcome
from rba.engine import Engine

LATEST = 1e11  # seconds; larger figures are thousandths
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

    Raises ValueError for a line that is no JSON object or of no such type. One that lacks its time is of the time of
    the line before it; an attempt that names no user has no history.
    """
    latest = 0.0
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        line = _parsed(text, number)
        kind = line.get("type")
        if kind == "outcome":
            if line.get("verified") is True:
                engine.prove(str(line.get("id")))
        elif kind in ("attempt", "failure"):
            started = time.perf_counter_ns()
            context = context_of(line, latest)
            latest = context.at
            if kind == "failure":
                if line.get("user") is not None:
                    engine.fail(f"failure {number}", str(line["user"]), context)
            else:
                yield _answer(line, context, engine, started)
        else:
            raise ValueError(f"line {number}: no attempt, outcome or failure")


def _answer(line: dict[str, Any], context: Context, engine: Engine, started: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": line.get("id"), "score": None, "decision": Outcome.STEP_UP}
    if line.get("user") is not None:
        decision = engine.decide(str(line.get("id")), str(line["user"]), context)
        answer |= {"score": decision.scored.score, "decision": decision.outcome}
    return answer | {"us": (time.perf_counter_ns() - started) // 1000}


def context_of(line: dict[str, Any], otherwise: float) -> Context:
    """What a line shows, at another time when it tells none; anything else in it is dropped."""
    at = _time(line.get("ts"))
    texts = {name: _text(line.get(field)) for field, name in TEXTS.items()}
    asn = _number(_text(line.get("asn")).upper().removeprefix("AS"))
    return Context(
        at=otherwise if at is None else at,
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


def _time(value: Any) -> float | None:
    """Seconds since 1970, given as such, in thousandths, or as ISO 8601 writes it (in UTC unless it says so)."""
    number = _number(value)
    if number is None and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if number is None or not 0 <= number < LATEST * 1000:
        return None
    return number / 1000 if number >= LATEST else number


def _number(value: Any) -> float | None:
    """A finite number, also out of text; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
