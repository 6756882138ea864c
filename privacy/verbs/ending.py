"""What becomes of a person's open requests when the person is erased."""

from accounts import audit
from accounts.models import User
from privacy.models import PrivacyRequest
from privacy.moves import Kind, Move
from privacy.verbs import requesting


def close_all(user: User) -> None:
    """End a person's open requests inside the transaction that erases them: erasures are done, the rest is void."""
    for row in PrivacyRequest.objects.filter(person=user.pk, closed_at=None):
        requesting.move(row, Move.FINISH if row.kind == Kind.ERASURE else Move.CANCEL, audit.SYSTEM)
