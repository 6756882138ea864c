"""News of the operator's to members who asked for it: written by staff, released once, sent in batches by beat."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Message
from privacy.models import Announcement, NewsReader
from privacy.purposes import NEWS
from privacy.verbs import suppressing

KIND = "privacy.announcement"
BATCH = 200


class NotNow(Exception):
    """It is on its way already."""


def readers() -> QuerySet[NewsReader]:
    """Whom news goes to, and nobody else: members who asked for it and whose data is in use."""
    rows = NewsReader.objects.filter(consent__withdrawn_at=None, membership__user__restricted_at=None)
    return rows.filter(membership__user__erased_at=None, membership__user__disabled_at=None)


def count() -> int:
    """How many people that is; who serves several customers is one."""
    return readers().values("membership__user").distinct().count()


@transaction.atomic
def write(texts: dict[str, dict[str, str]], by: Actor) -> Announcement:
    """Keep news; nobody gets it before it is released."""
    made = Announcement.objects.create(texts=texts)
    audit.record("privacy.news_written", by, None, made)
    return made


@transaction.atomic
def release(announcement: Announcement, by: Actor) -> None:
    """Let news go out. Raises NotNow when it has been released."""
    fresh = Announcement.objects.filter(pk=announcement.pk, released_at=None)
    if not fresh.update(released_at=timezone.now()):
        raise NotNow
    audit.record("privacy.news_released", by, None, announcement, facts={"readers": count()})


def send_due() -> int:
    """Write the mails of what was released, batch by batch; how many."""
    due = Announcement.objects.filter(released_at__isnull=False, done_at=None).order_by("pk")
    return sum(_send(pk) for pk in list(due.values_list("pk", flat=True)))


def _send(pk: UUID) -> int:
    total = 0
    while (written := _some(pk)) is not None:
        total += written
    return total


@transaction.atomic
def _some(pk: UUID) -> int | None:
    """One batch, and the last reader that it reached, in one transaction; None when nobody is left."""
    rows = Announcement.objects.select_for_update(no_key=True, skip_locked=True)
    row = rows.filter(pk=pk, done_at=None).first()
    if row is None:
        return None
    found = readers().select_related("membership__user__customer", "consent").order_by("pk")
    batch = list((found.filter(pk__gt=row.reached) if row.reached else found)[:BATCH])
    if not batch:
        row.done_at = timezone.now()
        row.save(update_fields=["done_at"])
        return None
    written = [_mail(row, reader) for reader in batch if _is_first(reader)]
    row.reached, row.written = batch[-1].pk, row.written + len([one for one in written if one])
    row.save(update_fields=["reached", "written"])
    return len(written)


def _is_first(reader: NewsReader) -> bool:
    """Whether this is the first of a person's memberships: one person, one mail."""
    mine = readers().filter(membership__user=reader.membership.user_id).order_by("pk")
    return mine.values_list("pk", flat=True).first() == reader.pk


def _mail(row: Announcement, reader: NewsReader) -> Message | None:
    user = reader.membership.user
    if not user.email:
        return None
    context = {"announcement": row.public_id, "consent": str(reader.consent_id)}
    return messages.queue(KIND, customer=user.customer, channel="email", to=user.email, user=user, context=context)


def may_go(message: Message) -> bool:
    """Whether this mail may still go, asked when it is sent: the consent that it names holds, and nobody objected."""
    rows = readers().filter(consent=message.context["consent"], consent__purpose=NEWS, membership__user=message.user)
    return rows.exists() and not suppressing.has_objected(message.to)
