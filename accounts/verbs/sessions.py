"""A person's signed-in browsers: listed, and ended one by one or all at once."""

from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Session, User
from accounts.sessions import stored_key


def sessions_of(user: User) -> models.QuerySet[Session]:
    """The sessions that are still open, the latest used first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-last_seen_at")


@transaction.atomic
def end_session(user: User, public_id: str, by: Actor) -> bool:
    """Sign one browser out; False when the user has no such session."""
    ended, _each = Session.objects.filter(user=user, public_id=public_id).delete()
    if ended:
        audit.record("member.session_ended", by, user.customer, user)
    return bool(ended)


@transaction.atomic
def end_sessions(user: User, by: Actor, keep: str | None = None) -> int:
    """Sign the user out everywhere, but in the session whose key is `keep`, and say how many were ended."""
    others = Session.objects.filter(user=user)
    if keep:
        others = others.exclude(session_key=stored_key(keep))
    ended, _each = others.delete()
    if ended:
        audit.record("member.sessions_ended", by, user.customer, user, facts={"sessions": ended})
    return ended
