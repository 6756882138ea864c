"""What a help desk can do for someone who lost a phone: reset, let in, give a code, send a link for a new one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, links
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Link, User
from mfa import policies
from mfa.contract import METHODS
from mfa.models import Authenticator
from mfa.policies import Rule
from mfa.verbs import enrolling, notices
from mfa.verbs.asking import address_hash

PASS_METHOD = next(key for key, method in METHODS.items() if method.channels == ("email",) and not method.polls)


@transaction.atomic
def reset(authenticator: Authenticator, by: Actor, reason: str = "") -> None:
    """Remove an authenticator; its secret never enrols itself anew, and its owner is told by whom."""
    user, method = authenticator.user, authenticator.method
    enrolling.retire(authenticator)
    facts = {"method": method}
    audit.record("mfa.reset", by, user.customer, authenticator, person=user.pk, facts=facts, values={"reason": reason})
    authenticator.delete()
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])
    what = "removed" if by.id == user.pk else "reset"
    notices.factor_changed(user, what, method, reason=reason)


@transaction.atomic
def let_in_once(user: User, until: datetime, reason: str, by: Actor) -> Authenticator:
    """Let a user in once, by a code to their known address, until a time. User and owners are told.

    An earlier pass ends. Raises ValueError when no address is known.
    """
    if not user.email:
        raise ValueError("no address is known")
    Authenticator.objects.filter(user=user, method=PASS_METHOD, expires_at__gt=timezone.now()).delete()
    made: Authenticator = Authenticator.objects.create(
        user=user,
        customer_id=user.customer_id,
        method=PASS_METHOD,
        name="",
        confirmed=True,
        address=user.email,
        address_hash=address_hash(user.email),
        expires_at=until,
        uses_left=1,
        reason=reason[:200],
    )
    facts = {"until": until.isoformat()}
    audit.record("mfa.let_in_once", by, user.customer, made, person=user.pk, facts=facts, values={"reason": reason})
    notices.let_in(user, until.isoformat(), reason)
    return made


@transaction.atomic
def give_bypass(user: User, method: str, until: datetime, uses: int, reason: str, by: Actor) -> Authenticator:
    """A code that lets a user in until a time, a number of times; `shown_once` on what is returned has it.

    `method` is one that is given by others (`is_own` False). An earlier code of the same method ends. User and owners
    are told. Raises ValueError for a method that is none of those, or without a reason.
    """
    if METHODS[method].is_own or not reason.strip():
        raise ValueError("not given by others, or no reason")
    Authenticator.objects.filter(user=user, method=method).delete()
    made = Authenticator(user=user, customer_id=user.customer_id, method=method, name="", confirmed=True)
    made.expires_at, made.uses_left, made.reason = until, uses, reason[:200]
    METHODS[method].propose(made)
    made.save(force_insert=True)
    facts = {"method": method, "until": until.isoformat(), "uses": uses}
    audit.record("mfa.bypass_given", by, user.customer, made, person=user.pk, facts=facts, values={"reason": reason})
    notices.let_in(user, until.isoformat(), reason, by_code=True)
    return made


@transaction.atomic
def send_enrolment_link(user: User, by: Actor, *, recovery: str = "") -> Link:
    """Mail a link by which the person adds a method without another one, once; an earlier such link ends.

    How many days it works is the policy's to say. `recovery` is the public id of an approved recovery, after which
    what the person lost is removed: that link works for a day, whatever the policy. Raises ValueError when no address
    is known.
    """
    if not user.email:
        raise ValueError("no address is known")
    days = policies.effective(user.customer, user=user).value(Rule.LINK_DAYS)
    lasts = notices.ENROL_LASTS if recovery else timedelta(days=days)
    links.close_others(user, notices.ENROL)
    link = links.make(notices.ENROL, lasts=lasts, customer=user.customer, user=user, about=recovery)
    context = {"recovered": bool(recovery)}
    messages.queue(
        notices.ENROL,
        customer=user.customer,
        user=user,
        channel="email",
        to=user.email,
        link=link,
        context=context,
        not_after=link.expires_at,
    )
    audit.record("mfa.link_sent", by, user.customer, user, facts={"until": link.expires_at.isoformat()})
    return link


def living_pass(user: User) -> Authenticator | None:
    """The one-time pass that would let this user in now, or None."""
    mine: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, method=PASS_METHOD, uses_left__gt=0)
    return mine.filter(expires_at__gt=timezone.now()).first()
