"""erase(): what an erasure request removes, from every table, in one transaction a person."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import ErasureRequest, Message, User

log = structlog.get_logger()
AT_ONCE = 100


def erase_due() -> int:
    """Work off the oldest erasure requests; how many persons were erased. What fails stays due and is tried again."""
    due = ErasureRequest.objects.filter(done_at=None).order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]
    done = 0
    for pk in list(due):
        done += erase(pk)
    return done


@transaction.atomic
def erase(request_id: UUID) -> bool:
    """Remove one person: their rows go, their messages are emptied, their key is destroyed so that the trail forgets.

    The request's row is locked, so two workers do it once. What stays is the request without a name, the keyed hash
    that keeps the name from coming back unawares, and records of what was done to an id that names nobody.
    """
    request = (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("customer", "user")
        .filter(pk=request_id, done_at=None)
        .first()
    )
    if request is None:
        return False
    user = request.user
    if user is not None:
        _empty_messages(user)
        audit.forget(user.pk)
        audit.record("user.erased", audit.SYSTEM, request.customer, person=user.pk)
        user.delete()
    request.done_at, request.user = timezone.now(), None
    request.save(update_fields=["done_at", "user"])
    log.info("a person was erased", request=str(request.pk))
    return True


def _empty_messages(user: User) -> None:
    """Messages stay as counts of what was sent; who and what they said goes. What still waits is never sent."""
    waiting = (Message.State.QUEUED, Message.State.CLAIMED)
    for message in Message.objects.filter(user=user).iterator():
        message.to, message.to_masked, message.context, message.body = "", "", {}, None
        message.transaction, message.link = "", None
        if message.state in waiting:
            message.state, message.finished_at = Message.State.EXPIRED, timezone.now()
        message.save()
