"""Keeps the erased erased: marks in the database and in a file beside it, and what a restored backup is held against.

The file is what a restore does not undo. A line is written after the erasure is committed, so a mark that stands in
the file and not in the database says that the database is older than the file.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import crypto
from accounts.models import Customer
from privacy import deadlines
from privacy.models import Tombstone

log = structlog.get_logger()
AT_ONCE = 1000
NEWEST = 16_384  # bytes at the end of the file, some eighty lines


class Undone(Exception):
    """The database is older than erasures that were carried out: `manage.py reapply_erasures` comes first."""


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    mark: str
    customer: str
    name: str
    at: str


def mark(pk: UUID) -> str:
    """The keyed hash of the id of a person or customer: what is left when the id itself names nobody any more."""
    return crypto.keyed_hash("tombstone", str(pk))


def bury(customer_id: UUID, pk: UUID, name: str = "") -> None:
    """Mark an id as erased, inside the transaction that erases it; the file is told once that is committed."""
    Tombstone.objects.get_or_create(mark=mark(pk), defaults={"customer_id": customer_id, "name_hash": name})
    transaction.on_commit(keep)


def keep() -> int:
    """Write into the file what is not in it yet; how many lines. Killed in between, it writes some of them twice."""
    rows = list(Tombstone.objects.filter(filed_at=None).order_by("pk")[:AT_ONCE])
    if rows:
        _append([_line(row) for row in rows])
        Tombstone.objects.filter(pk__in=[row.pk for row in rows]).update(filed_at=Now())
    return len(rows)


def _line(row: Tombstone) -> Line:
    return Line(row.mark, str(row.customer_id), row.name_hash, row.erased_at.isoformat())


def complete() -> int:
    """Write into the file whatever the database knows and it does not, as when the file was lost; how many lines."""
    known = {line.mark for line in lines()}
    missing = [_line(row) for row in Tombstone.objects.order_by("pk").iterator() if row.mark not in known]
    _append(missing)
    return len(missing)


def lines(*, newest_only: bool = False) -> list[Line]:
    """Every whole line of the file, or those at its end; one that a power cut tore is none."""
    with _open() as file:
        if newest_only and file.seek(0, os.SEEK_END) > NEWEST:
            file.seek(-NEWEST, os.SEEK_END)
            file.readline()  # the rest of a line
        else:
            file.seek(0)
        return _read(file)


def _read(file: IO[bytes]) -> list[Line]:
    found = []
    for text in file.read().decode(errors="replace").splitlines():
        try:
            found.append(Line(**json.loads(text)))
        except (ValueError, TypeError):
            log.warning("a line of the file of erasures cannot be read")
    return found


def _written(new: list[Line]) -> bytes:
    return "".join(json.dumps(asdict(line)) + "\n" for line in new).encode()


def _append(new: list[Line]) -> None:
    if not new:
        return
    with _open() as file:
        if size := file.seek(0, os.SEEK_END):
            file.seek(size - 1)
            file.write(b"" if file.read(1) == b"\n" else b"\n")  # a power cut may have torn the last line
        file.write(_written(new))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _open() -> Iterator[IO[bytes]]:
    """The file under its lock, made readable by its owner alone."""
    handle = os.open(settings.ERASURES_FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def unapplied(at: datetime | None = None, *, newest_only: bool = False) -> list[Line]:
    """The lines of erasures that this database does not know of, though it has the customer: it is an older one."""
    since = ((at or timezone.now()) - deadlines.KEPT).isoformat()
    found = {line.mark: line for line in lines(newest_only=newest_only) if line.at >= since}
    if not found:
        return []
    known = set(Tombstone.objects.filter(mark__in=found).values_list("mark", flat=True))
    there = set(Customer.objects.filter(pk__in={line.customer for line in found.values()}).values_list("pk", flat=True))
    return [line for line in found.values() if line.mark not in known and UUID(line.customer) in there]


def require_applied() -> None:
    """Raise Undone when erasures that were carried out are not in this database; else see that the file is whole."""
    if undone := len(unapplied()):
        raise Undone(
            f"{undone} erasures that were carried out are not in this database: it was restored from a backup. "
            "Run `manage.py reapply_erasures`, then start again."
        )
    complete()


def trim(at: datetime | None = None) -> int:
    """Drop lines that are older than any backup may be; how many stay.

    Killed while it writes, it leaves a short file, which `complete` mends when a worker starts.
    """
    before = ((at or timezone.now()) - deadlines.KEPT).isoformat()
    with _open() as file:
        found = _read(file)
        left = [line for line in found if line.at >= before]
        if len(left) < len(found):
            file.truncate(0)
            file.write(_written(left))
    return len(left)
