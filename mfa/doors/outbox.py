"""Reads the end of the outbox file, which stands for every provider in a demo."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

TAIL = 256 * 1024  # bytes; what is older is still in the file
MOST = 60


@dataclass(frozen=True)
class Letter:
    """One message as the file tells it."""

    at: datetime
    channel: str
    to: str
    subject: str
    body: str


def size(path: Path) -> int:
    """How long the file is, so that a page knows whether anything came."""
    return path.stat().st_size if path.exists() else 0


def newest(path: Path, to: str = "") -> list[Letter]:
    """The newest messages, newest first; those to addresses that hold `to`, when it is given."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        start = max(0, size(path) - TAIL)
        file.seek(start)
        lines = file.read(TAIL).split(b"\n")
    whole = lines[1:] if start else lines  # the first one may have lost its beginning
    letters = [_letter(line) for line in reversed(whole) if line.strip()]
    wanted = to.strip().casefold()
    return [letter for letter in letters if wanted in letter.to.casefold()][:MOST]


def _letter(line: bytes) -> Letter:
    told = json.loads(line)
    return Letter(
        datetime.fromisoformat(told["at"]), told["channel"], told["to"], told.get("subject", ""), told["body"]
    )
