"""What becomes of a person's open requests when the person is erased."""

from accounts import audit
from accounts.models import User
from privacy.models import PrivacyRequest
from privacy.moves import Kind, Move, State
from privacy.verbs import requesting


def close_all(user: User) -> PrivacyRequest | None:
    """End a person's open requests inside the transaction that erases them: all else is void, the erasure is returned.

    It stays open until its receipt is signed.
    """
    erasure = None
    for row in PrivacyRequest.objects.filter(person=user.pk, closed_at=None):
        if row.kind != Kind.ERASURE:
            requesting.move(row, Move.CANCEL, audit.SYSTEM)
        elif row.state != State.WORKING:
            erasure = requesting.move(row, Move.GO_ON, audit.SYSTEM)
        else:
            erasure = row
    return erasure
