"""What a person tells us about a sign-in that was not theirs."""

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Membership, Role, User
from accounts.verbs import sessions
from mfa.models import Transaction
from mfa.verbs import trusting

NOT_ME = "mfa.not_me"


@transaction.atomic
def not_me(user: User, txn: Transaction, by: Actor, *, keep: str | None = None) -> None:
    """Record it, end the person's other sessions and every trust, and tell the customer's owners."""
    sessions.end_sessions(user, by, keep=keep)
    trusting.revoke_all(user, by)
    facts = {"method": txn.method, "state": str(txn.state)}
    audit.record("mfa.not_me", by, user.customer, txn, person=user.pk, facts=facts)
    site = txn.site.name if txn.site is not None else ""
    context = {"username": user.username, "method": txn.method, "where": site, "at": txn.created_at.isoformat()}
    owners = Membership.objects.filter(customer=user.customer, role=Role.OWNER).select_related("user")
    for owner in owners.order_by("created_at")[:10]:
        messages.queue(
            NOT_ME, customer=user.customer, user=owner.user, channel="email", to=owner.user.email, context=context
        )
