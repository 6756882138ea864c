"""The way back for who lost every way to prove themselves: slow, told on every channel, cancellable, and approved.

Neither the wait nor the help desk's word is enough alone, and what follows is an enrolment by the customer's policy.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit, links
from accounts.audit import Actor
from accounts.models import Link, User
from accounts.verbs import sessions
from mfa.models import Authenticator, Recovery
from mfa.verbs import enrolling, helping, notices, trusting

ASKED = "mfa.recovery_asked"  # a message, and the purpose of the link in it, which cancels
ENDED = "mfa.recovery_ended"
OPEN_FOR = timedelta(days=7)  # after the wait
A_DAY = 3  # so many a day, that nobody is worn down by notices
OPEN = Q(cancelled_at=None, refused_at=None, link_sent_at=None)


def open_ones(at: datetime | None = None) -> QuerySet[Recovery]:
    """Those that may still lead to a new beginning."""
    return Recovery.objects.filter(OPEN, expires_at__gt=at or timezone.now())


def open_of(user: User) -> Recovery | None:
    """The one that this person waits for."""
    return open_ones().filter(user=user).order_by("-pk").first()


@transaction.atomic
def begin(user: User, by: Actor, at: datetime | None = None) -> Recovery | None:
    """Begin the wait and tell the person on every channel, with a link that ends it. One at a time, three a day.

    None when nothing was begun: one is open already, too many were, or the person is kept out.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    at = at or timezone.now()
    lately = Recovery.objects.filter(user=user, asked_at__gt=at - timedelta(days=1)).count()
    if not user.is_active or user.restricted_at or lately >= A_DAY or open_ones(at).filter(user=user).exists():
        return None
    ready = at + timedelta(hours=settings.RECOVERY_HOURS)
    made = Recovery.objects.create(
        customer_id=user.customer_id, user=user, asked_at=at, ready_at=ready, expires_at=ready + OPEN_FOR
    )
    lasts = made.expires_at - at
    link = links.make(ASKED, lasts=lasts, customer=user.customer, user=user, about=made.public_id)
    notices.tell(ASKED, user, {"ready": ready.isoformat()}, link=link)
    _record("mfa.recovery_asked", made, by, {"ready": ready.isoformat()})
    return made


@transaction.atomic
def cancel(recovery: Recovery, by: Actor) -> bool:
    """End it, by the person; False when it had ended."""
    if not _close(recovery, cancelled_at=timezone.now()):
        return False
    _record("mfa.recovery_cancelled", recovery, by)
    notices.tell(ENDED, recovery.user, {"what": "cancelled"})
    return True


@transaction.atomic
def approve(recovery: Recovery, reason: str, by: Actor, approver: User) -> bool:
    """The help desk knows that it is the person who asks. False when it has ended, or was approved already.

    Raises ValueError without a reason, or where no address is known to mail the link to.
    """
    if not reason.strip() or not recovery.user.email:
        raise ValueError("no reason, or no address")
    at = timezone.now()
    mine = open_ones(at).filter(pk=recovery.pk, approved_at=None)
    if not mine.update(approved_at=at, approved_by=approver, reason=reason[:200]):
        return False
    _record("mfa.recovery_approved", recovery, by, values={"reason": reason})
    notices.tell(ENDED, recovery.user, {"what": "approved", "ready": recovery.ready_at.isoformat()})
    return True


@transaction.atomic
def refuse(recovery: Recovery, reason: str, by: Actor) -> bool:
    """The help desk ends it, and says why. False when it had ended. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("no reason")
    if not _close(recovery, refused_at=timezone.now(), reason=reason[:200]):
        return False
    _record("mfa.recovery_refused", recovery, by, values={"reason": reason})
    notices.tell(ENDED, recovery.user, {"what": "refused", "reason": reason})
    return True


def send_due(at: datetime | None = None) -> int:
    """Mail the link to everybody who has waited long enough and is approved, once; say to how many."""
    at = at or timezone.now()
    due = open_ones(at).filter(ready_at__lte=at).exclude(approved_at=None)
    return sum(_send(pk, at) for pk in due.order_by("ready_at").values_list("pk", flat=True)[:100])


@transaction.atomic
def _send(pk: UUID, at: datetime) -> bool:
    rows = open_ones(at).filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
    recovery = rows.select_related("user__customer").first()
    if recovery is None or not recovery.user.email or not recovery.user.is_active:
        return False
    helping.send_enrolment_link(recovery.user, audit.SYSTEM, recovery=recovery.public_id)
    recovery.link_sent_at = at
    recovery.save(update_fields=["link_sent_at"])
    _record("mfa.recovery_sent", recovery, audit.SYSTEM)
    return True


@transaction.atomic
def complete(user: User, kept: Authenticator, by: Actor) -> None:
    """A new beginning: what was lost opens nothing any more, nor does any browser that was in or trusted."""
    lost = Authenticator.objects.filter(user=user, expires_at=None, confirmed=True).exclude(pk=kept.pk)
    for one in lost.filter(Q(address=None) | Q(bound_here=True)):
        one.user = user
        enrolling.retire(one)
        audit.record("mfa.reset", by, user.customer, one, person=user.pk, facts={"method": one.method})
        one.delete()
    sessions.end_sessions(user, by)
    trusting.revoke_all(user, by)
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])
    audit.record("mfa.recovered", by, user.customer, user)


def of_link(link: Link) -> Recovery | None:
    """The open recovery that a mailed link cancels."""
    mine = open_ones().filter(customer=link.customer, public_id=link.about)
    return mine.select_related("user__customer", "customer").first()


def _close(recovery: Recovery, **how: Any) -> bool:
    """One conditional UPDATE decides, so that of two ends at once one counts."""
    return bool(open_ones().filter(pk=recovery.pk).update(**how))


def _record(
    action: str,
    recovery: Recovery,
    by: Actor,
    facts: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    customer = recovery.user.customer
    audit.record(action, by, customer, recovery, person=recovery.user_id, facts=facts, values=values)
