"""A member's password: changed by who knows the old one, or set anew through a mailed link."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit, links
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.messages import verbs as messages
from accounts.models import Link, User
from accounts.verbs.addresses import CHANGE
from accounts.verbs.customers import mark_confirmed, operator
from accounts.verbs.sessions import end_sessions

RESET = "reset_password"
STAFF = "set_up_staff"
LASTS = timedelta(hours=1)
NOBODY = "nobody@unknown.invalid"


@transaction.atomic
def request_reset(email: str, by: Actor) -> None:
    """Mail a link to a member's address; an earlier link stops working.

    An unknown address costs the same rows. Its message has no user, so that its renderer withdraws it and nothing is
    sent; the address that was typed is not kept (security.md S21).
    """
    user = find_member(email)
    if user is not None and not user.is_active:
        user = None
    home = operator()
    to = user.email if user is not None else NOBODY
    Link.objects.filter(user=user, purpose=RESET, used_at=None).update(used_at=timezone.now())
    link = links.make(RESET, lasts=LASTS, customer=home, user=user, value=to)
    messages.queue("accounts.reset_password", customer=home, channel="email", to=to, user=user, link=link)
    audit.record("member.reset_asked", by, home, person=user.pk if user is not None else None)


@transaction.atomic
def reset(link: Link, password: str, by: Actor) -> bool:
    """Spend a link and set the password; False when the link is over.

    Every session ends; a second factor stays in force.
    """
    user = link.user
    if user is None or link.value != user.email or not links.spend(link):
        return False
    mark_confirmed(user)  # the mail was read
    _set(user, password)
    end_sessions(user, by)
    audit.record("member.password_reset", by, user.customer, user)
    return True


@transaction.atomic
def change(user: User, password: str, by: Actor, keep: str | None = None) -> None:
    """Set a signed-in member's password; every session but `keep` ends. The face has checked the old one."""
    _set(user, password)
    end_sessions(user, by, keep)
    audit.record("member.password_changed", by, user.customer, user)


def _set(user: User, password: str) -> None:
    """Write the hash, end links that were mailed before, and tell the person."""
    user.set_password(password)
    user.save(update_fields=["password"])
    Link.objects.filter(user=user, purpose__in=[RESET, STAFF, CHANGE], used_at=None).update(used_at=timezone.now())
    messages.queue("accounts.password_changed", customer=user.customer, channel="email", to=user.email, user=user)
