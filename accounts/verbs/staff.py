"""Staff: made, or let back in, by who has the server itself in hand."""

from django.db import transaction
from django.utils import timezone

from accounts import audit, links, names
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.models import Link, User
from accounts.verbs import passwords
from accounts.verbs.customers import operator
from accounts.verbs.sessions import end_sessions


@transaction.atomic
def set_up_staff(email: str, by: Actor) -> Link:
    """A link for a user of this address, who is staff from now on, to choose a password. Raises names.UnusableName.

    Nothing that opened the account before opens it any more: no password, no session. The caller takes off the second
    factor.
    """
    names.canonical(email)
    user = find_member(email) or User(customer=operator(), username=email, email=email)
    new = user._state.adding
    user.is_staff, user.disabled_at = True, None
    user.email_confirmed_at = user.email_confirmed_at or timezone.now()
    user.set_unusable_password()
    user.save()
    end_sessions(user, by)
    links.close_others(user, passwords.STAFF)
    audit.record("staff.created" if new else "staff.recovered", by, user.customer, user)
    return links.make(passwords.STAFF, lasts=passwords.LASTS, customer=user.customer, user=user, value=user.email)
