"""What people are told, on another channel, when something about their proofs changes."""

from typing import Any

from accounts.messages import verbs as messages
from accounts.models import Membership, Role, User
from mfa.models import Authenticator, Transaction

CHANGED = "mfa.factor_changed"


def factor_changed(user: User, what: str, method: str, **context: Any) -> None:
    """Tell a user that a method was added, replaced, reset or switched off.

    `what` is the word the template turns on.
    """
    if user.email:
        messages.queue(
            CHANGED,
            customer=user.customer,
            user=user,
            channel="email",
            to=user.email,
            context={"what": what, "method": method, **context},
        )


def switched_off(authenticator: Authenticator, txn: Transaction) -> None:
    """A hundred wrong answers in a row: the owner must bind this authenticator anew; the other ways stay."""
    factor_changed(authenticator.user, "switched_off", authenticator.method)


def let_in(user: User, until: str, reason: str) -> None:
    """A help desk let someone in once: the user and the customer's owners are told."""
    context = {"until": until, "reason": reason, "username": user.username}
    kind = "accounts.user_let_in"
    customer = user.customer
    if user.email:
        messages.queue(kind, customer=customer, user=user, channel="email", to=user.email, context=context)
    for owner in Membership.objects.filter(customer=customer, role=Role.OWNER).select_related("user")[:10]:
        told = {**context, "owner": True}
        messages.queue(kind, customer=customer, user=owner.user, channel="email", to=owner.user.email, context=told)
