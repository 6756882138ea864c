"""The second factor of people who sign in here: what they have, and its proof."""

from django.http import HttpRequest

from accounts.audit import Actor
from accounts.models import User
from mfa import verbs
from mfa.contract import Judged
from mfa.methods.totp import Totp
from mfa.models import Authenticator

FACTOR = Totp.key


def factor_of(user: User) -> Authenticator | None:
    """The authenticator that this person must prove at every door, or None when they set none up.

    One that is suspended or was switched off still counts: losing it by wrong answers must not open the door.
    """
    mine = Authenticator.objects.filter(user=user, method=FACTOR, confirmed=True, expires_at=None)
    found: Authenticator | None = mine.first()
    return found


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has proven the second factor. django_otp's middleware puts the answer on the user."""
    return bool(getattr(request.user, "is_verified", bool)())


def prove(user: User, code: str, by: Actor) -> Judged:
    """Judge a code; wrong ones count, in a lane of the network that they come from."""
    return verbs.verify_direct(user, [FACTOR], code, by, visitor=by.source.network_prefix)
