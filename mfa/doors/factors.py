"""The second factors of people who sign in here: what may serve at these doors, and who must have one."""

import time
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from accounts.assurance import Assurance
from accounts.models import Membership, Role, Site, User
from accounts.paths import with_next
from mfa import policies, verbs
from mfa.methods import METHODS
from mfa.models import Authenticator, Policy
from mfa.policies import Effective, Enforcement, Rule
from mfa.verbs import Owned, Way

# Nothing that a mailbox, a phone number or an answer to a question stands for opens these doors
_STRONG = {Rule.ASSURANCE: int(Assurance.AAL2)}
DOOR = policies.resolve([Policy(rules=_STRONG)])
OPTIONAL = policies.resolve([Policy(rules={**_STRONG, Rule.ENFORCEMENT: Enforcement.OPTIONAL})])
KEYS = tuple(key for key, method in METHODS.items() if method.is_own and not method.is_standby and DOOR.allows(method))
GRACE = timedelta(days=7)  # docs/decisions/0030-when-members-need-a-second-factor.md
LOOKED = "factor_looked"  # in the session: for which membership it could wait, and when that was found
LOOK_SECONDS = 300
MANAGING = (Role.OWNER, Role.ADMIN)


def has_factor(user: User) -> bool:
    """Whether this person must prove a second factor at every door.

    One that is suspended or was switched off still counts: losing it by wrong answers must not open the door.
    """
    return bool(Authenticator.objects.filter(user=user, method__in=KEYS, confirmed=True, expires_at=None).exists())


def ways(user: User) -> list[Way]:
    """How this person may prove themselves here, the way that was used last at the head."""
    return [way for way in verbs.ways(user, DOOR) if way.method.is_own]


def owned(user: User) -> list[Owned]:
    """What this person has that may serve here, usable or not."""
    return [one for one in verbs.owned(user, DOOR) if one.method.is_own and DOOR.allows(one.method)]


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has proven a second factor. django_otp's middleware puts the answer on the user."""
    return bool(getattr(request.user, "is_verified", bool)())


def rules_of(user: User) -> Effective:
    """What these doors ask of this person: whether the last factor may go depends on it."""
    mine = Membership.objects.filter(user=user).select_related("customer")
    return DOOR if user.is_staff or any(_is_asked_of(one) for one in mine) else OPTIONAL


def gate(request: HttpRequest, membership: Membership) -> str:
    """Where a member goes before the dashboard: to prove a factor, or to set up the first one. Else nothing.

    What can wait is looked at again every five minutes, so that few pages cost more for it.
    """
    if is_verified(request):
        return ""
    looked = request.session.get(LOOKED, {})
    stamp = f"{membership.pk} {membership.role}"
    if looked.get("for") == stamp and time.time() - looked["at"] < LOOK_SECONDS:
        return ""
    path = request.get_full_path() if request.method == "GET" else ""
    if has_factor(membership.user):
        return with_next("doors:confirm", path)
    if not may_wait(membership):
        return with_next("doors:factor", path)
    request.session[LOOKED] = {"for": stamp, "at": int(time.time())}
    return ""


def may_wait(membership: Membership) -> bool:
    """Whether a member without a second factor may work on: nothing is at stake yet, or the customer lets them."""
    if membership.user.is_staff:
        return False
    if not _is_asked_of(membership):
        return True
    is_new = membership.created_at > timezone.now() - GRACE
    return is_new and not Site.objects.filter(customer=membership.customer, connected_at__isnull=False).exists()


def _is_asked_of(membership: Membership) -> bool:
    """Owners and admins always; of others what the customer's own policy asks of its people."""
    if membership.role in MANAGING:
        return True
    now = timezone.now()
    rules = policies.effective(membership.customer)
    until = rules.value(Rule.GRACE_UNTIL)
    is_put_off = until is not None and now.date().isoformat() <= until
    return bool(rules.value(Rule.ENFORCEMENT) == Enforcement.REQUIRED and not is_put_off)
