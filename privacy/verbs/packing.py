"""Copies of people's data: made by a worker part by part, opened by their person alone, and gone after a week."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from cryptography.fernet import Fernet
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone, translation

from accounts import audit, gone
from accounts.audit import Actor
from accounts.models import User
from privacy import deadlines, exporting
from privacy.models import Package, PackagePart, PrivacyRequest
from privacy.moves import PACKAGES, Kind, Move, State
from privacy.verbs import apart, requesting, telling

log = structlog.get_logger()
CLAIM = timedelta(minutes=15)  # after which a worker that took a copy is held to be dead


def make_due() -> int:
    """Make the copies that are due; how many were made. One that fails is tried again and keeps no other waiting."""
    due = PrivacyRequest.objects.filter(kind__in=sorted(PACKAGES), state=State.WORKING).order_by("pk")
    return sum(_tried(pk) for pk in list(due.values_list("pk", flat=True)[:20]))


def _tried(request_id: UUID) -> bool:
    try:
        return make(request_id)
    except (DatabaseError, ObjectDoesNotExist) as error:
        if not gone.is_gone(error):
            log.exception("a copy failed and is tried again", request=str(request_id))
        return False


def make(request_id: UUID) -> bool:
    """Make one copy. Killed at any moment, the next run begins it anew; of two workers one makes it."""
    package = _claim(request_id)
    if package is None:
        return False
    user = package.user
    with translation.override(user.language or user.customer.language):
        portable = package.request.kind == Kind.PORTABILITY
        for number, text in enumerate(_stretches(package, user, portable), 1):
            sealed = Fernet(package.key.encode()).encrypt(text.encode()).decode()
            PackagePart.objects.create(package=package, user=user, number=number, sealed=sealed)
    return _finish(package)


@transaction.atomic
def _claim(request_id: UUID) -> Package | None:
    """Take a copy in hand under its request's lock; what a worker that died left of it goes."""
    rows = PrivacyRequest.objects.select_for_update(of=("self",), skip_locked=True).select_related("user__customer")
    request = rows.filter(pk=request_id, state=State.WORKING).first()
    if request is None or request.user is None:
        return None
    now = timezone.now()
    package, _made = Package.objects.get_or_create(
        request=request, defaults={"user": request.user, "key": Fernet.generate_key().decode()}
    )
    free = Package.objects.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM), pk=package.pk)
    if not free.update(claimed_at=now, tables_done=0):
        return None
    package.parts.all().delete()
    package.request, package.user = request, request.user
    return package


def _stretches(package: Package, user: User, portable: bool) -> Iterator[str]:
    """The whole file, piece by piece: together they are one JSON document."""
    tables = exporting.tables(user, portable=portable)
    package.tables = len(tables)
    head = {"person": apart.whole(user).username, "customer": user.customer.name, "made": timezone.now().isoformat()}
    yield json.dumps({**head, "kind": package.request.kind}, ensure_ascii=False)[:-1] + ', "tables": ['
    for place, model in enumerate(tables):
        opening = {"table": model._meta.label, "about": exporting.about(model, portable)}
        yield (", " if place else "") + json.dumps(opening, ensure_ascii=False)[:-1] + ', "rows": ['
        for count, batch in enumerate(exporting.rows(model, user, portable)):
            yield (", " if count else "") + json.dumps(batch, ensure_ascii=False)[1:-1]
        yield "]}"
        package.tables_done = place + 1
        package.save(update_fields=["tables", "tables_done"])
    yield "]}"


@transaction.atomic
def _finish(package: Package) -> bool:
    now = timezone.now()
    try:
        row = requesting.move(package.request, Move.FINISH, audit.SYSTEM)
    except requesting.NotNow:  # erased, or made by another worker meanwhile
        return False
    package.made_at, package.expires_at = now, now + deadlines.PACKAGE
    package.save(update_fields=["made_at", "expires_at"])
    telling.tell_person(row, Move.FINISH)
    log.info("a copy of a person's data was made", request=str(row.pk))
    return True


def ready(request: PrivacyRequest, at: datetime | None = None) -> Package | None:
    """The copy of a request while it can be opened."""
    mine = Package.objects.filter(request=request, made_at__isnull=False, expires_at__gt=at or timezone.now())
    return mine.first()


def text(package: Package, by: Actor) -> Iterator[str]:
    """The file, decrypted piece by piece as it is read; that it was opened is recorded first."""
    audit.record("privacy.copy_opened", by, package.user.customer, package.request, person=package.user_id)
    opened = Fernet(package.key.encode())
    return (opened.decrypt(part.encode()).decode() for part in _parts(package))


def _parts(package: Package) -> Iterator[str]:
    found = PackagePart.objects.filter(package=package).order_by("number").values_list("sealed", flat=True)
    return found.iterator(chunk_size=20)


def forget(at: datetime) -> int:
    """Delete the copies whose week is over; how many went."""
    _all, each = Package.objects.filter(expires_at__lt=at).delete()
    return each.get(Package._meta.label, 0)
