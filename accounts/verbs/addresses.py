"""A member moves to another e-mail address: asked for, proven by a link to the new one, told to both."""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit, links, names
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.messages import verbs as messages
from accounts.models import Link, User
from accounts.verbs.customers import mark_confirmed
from accounts.verbs.sessions import end_sessions

CHANGE = "change_email"
LASTS = timedelta(hours=1)


class Moved(Enum):
    """How a change of address went."""

    DONE = "done"
    OVER = "over"  # the link was used, replaced, or is too old
    TAKEN = "taken"  # somebody got an account with the address meanwhile


@transaction.atomic
def request_change(user: User, email: str, by: Actor) -> None:
    """Mail a link to the new address and a notice to the old one. Raises names.UnusableName.

    An address that is somebody else's already gets a notice in place of the link, and the answer is the same.
    """
    names.canonical(email)
    owner = find_member(email)
    links.close_others(user, CHANGE)
    link = links.make(CHANGE, lasts=LASTS, customer=user.customer, user=user, value=email)
    mail: dict[str, Any] = {"customer": user.customer, "channel": "email"}
    if owner is None or owner.pk == user.pk:
        messages.queue("accounts.change_email", to=email, user=user, link=link, **mail)
    else:
        messages.queue("accounts.already_registered", to=owner.email, user=owner, **mail)
    context = {"to": names.mask_email(email)}
    messages.queue("accounts.email_change_asked", to=user.email, user=user, context=context, **mail)
    audit.record("member.email_change_asked", by, user.customer, user, values={"email": [user.email, email]})


@transaction.atomic
def change(link: Link, by: Actor) -> Moved:
    """Spend the link from the new address: it becomes the member's address and name, and every session ends."""
    user = link.user
    if user is None or not user.is_active or not links.spend(link):
        return Moved.OVER
    old = user.email
    user.username = user.email = link.value
    user.email_confirmed_at = None
    try:
        with transaction.atomic():
            user.save(update_fields=["username", "email", "email_confirmed_at"])
    except IntegrityError:
        return Moved.TAKEN
    mark_confirmed(user)
    end_sessions(user, by)
    for address in (old, user.email):
        context = {"from": names.mask_email(old), "to": names.mask_email(user.email)}
        messages.queue(
            "accounts.email_changed",
            customer=user.customer,
            channel="email",
            to=address,
            user=user,
            context=context,
        )
    audit.record("member.email_changed", by, user.customer, user, values={"email": [old, user.email]})
    return Moved.DONE
