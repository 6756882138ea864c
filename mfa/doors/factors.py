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
from mfa.verbs import Owned, Way, putting_off

# Nothing that a mailbox, a phone number or an answer to a question stands for opens these doors
_STRONG = {Rule.ASSURANCE: int(Assurance.AAL2)}
DOOR = policies.resolve([Policy(rules=_STRONG)])
OPTIONAL = policies.resolve([Policy(rules={**_STRONG, Rule.ENFORCEMENT: Enforcement.OPTIONAL})])
KEYS = tuple(key for key, method in METHODS.items() if method.is_own and not method.is_standby and DOOR.allows(method))
GRACE = timedelta(days=7)  # docs/decisions/0030-when-members-need-a-second-factor.md
LOOKED = "factor_looked"  # in the session: for which membership it could wait, and when that was found
LOOK_SECONDS = 300
PUT_OFF = "factor_put_off"  # in the session: a first factor was put off in it
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
    door = _door(membership, has_put_off=PUT_OFF in request.session)
    if door:
        return with_next(door, path)
    request.session[LOOKED] = {"for": stamp, "at": int(time.time())}
    return ""


def _door(membership: Membership, *, has_put_off: bool) -> str:
    """The page that a member without a second factor comes to first; none when nothing is at stake yet."""
    if membership.user.is_staff:
        return "doors:factor"
    if not _is_asked_of(membership) or not _is_at_stake(membership):
        return ""
    rules = may_put_off(membership)
    if rules is None or putting_off.left(membership.user, rules, counted=has_put_off) is None:
        return "doors:factor"
    return "" if has_put_off else "doors:put_off"


def _is_at_stake(membership: Membership) -> bool:
    is_new = membership.created_at > timezone.now() - GRACE
    return not is_new or Site.objects.filter(customer=membership.customer, connected_at__isnull=False).exists()


def may_put_off(membership: Membership) -> Effective | None:
    """The rules by which this member may put a first factor off at the door; None for who may not."""
    if membership.user.is_staff or membership.role in MANAGING:
        return None
    rules = policies.effective(membership.customer)
    return rules if _asks(rules) else None


def _is_asked_of(membership: Membership) -> bool:
    """Owners and admins always; of others what the customer's own policy asks of its people."""
    return membership.role in MANAGING or _asks(policies.effective(membership.customer))


def _asks(rules: Effective) -> bool:
    return bool(rules.value(Rule.ENFORCEMENT) == Enforcement.REQUIRED)
