"""What people are told, on another channel, when something about their proofs changes."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts import links, names
from accounts.messages import verbs as messages
from accounts.models import Link, Membership, Role, User
from mfa.contract import METHODS
from mfa.models import Authenticator, Transaction, TrustedDevice
from rba.models import RiskDecision

CHANGED = "mfa.factor_changed"
DEVICE_STOLEN = "mfa.device_stolen"
FEW_LEFT = "mfa.few_left"
FEW = 3  # backup codes that are left when their owner is reminded to make new ones
RISKY = "mfa.risky"  # a link that says "this was not me": its purpose and its message
RISKY_LASTS = timedelta(days=7)
ENROL = "mfa.enrol"  # a link that adds a method: its purpose and its message
ENROL_LASTS = timedelta(hours=24)  # as NIST SP 800-63B-4 §4.2.1 has it for mailed recovery codes


def factor_changed(user: User, what: str, method: str, *, link: Link | None = None, **context: Any) -> None:
    """Tell a user that a method was added, replaced, reset or switched off.

    `what` is the word the template turns on. A change to what is sent by mail is told by phone as well, since whoever
    holds the mailbox would read it there; so is any change where no address is known.
    """
    told = {"what": what, "method": method, **context}
    mailed = method in METHODS and "email" in METHODS[method].channels
    by_phone = bool(user.phone and settings.SMS_URLS and (mailed or not user.email))
    tell(CHANGED, user, told, link=link, by_phone=by_phone)


def tell(
    kind: str, user: User, context: dict[str, Any], *, link: Link | None = None, by_phone: bool | None = None
) -> int:
    """Tell a person on every channel that there is, or by mail alone, and say on how many."""
    about: dict[str, Any] = {"customer": user.customer, "user": user, "context": context, "link": link}
    phone = str(user.phone or "") if settings.SMS_URLS and by_phone in (None, True) else ""
    if user.email:
        messages.queue(kind, channel="email", to=user.email, **about)
    if phone:
        messages.queue(kind, channel="sms", to=phone, **about)
    return bool(user.email) + bool(phone)


def address_dropped(user: User, address: str, method: str) -> None:
    """Tell the address itself that it serves no longer; the person's other address is told by `factor_changed`."""
    channel = "email" if "@" in address else "sms"
    if channel == "email" or settings.SMS_URLS:
        context = {"what": "removed", "method": method, "address": names.mask(address)}
        messages.queue(CHANGED, customer=user.customer, user=user, channel=channel, to=address, context=context)


def switched_off(authenticator: Authenticator, txn: Transaction) -> None:
    """A hundred wrong answers in a row: the owner gets a link to bind this authenticator anew; the other ways stay."""
    user = authenticator.user
    link = None
    if user.email:
        link = links.make(
            ENROL, lasts=ENROL_LASTS, customer=user.customer, user=user, value=authenticator.method
        )  # nothing but this method is bound by it
    factor_changed(user, "switched_off", authenticator.method, link=link)


def few_left(authenticator: Authenticator) -> None:
    """Remind the owner of codes that run out, once, when so many are left."""
    if METHODS[authenticator.method].is_own:
        tell(FEW_LEFT, authenticator.user, {"method": authenticator.method, "left": FEW}, by_phone=False)


def device_stolen(user: User, device: TrustedDevice) -> None:
    """A copy of a trusted device's cookie came: the device is trusted no longer."""
    site = device.site.name if device.site is not None else ""
    tell(DEVICE_STOLEN, user, {"browser": device.browser, "where": site})


def risky(decision: RiskDecision) -> None:
    """Tell a person by mail of a sign-in that looked risky, with a link that says it was not theirs; once each."""
    user, about = decision.user, decision.pk.hex
    if not user.email or Link.objects.filter(customer=user.customer_id, purpose=RISKY, about=about).exists():
        return
    link = links.make(RISKY, lasts=RISKY_LASTS, customer=user.customer, user=user, about=about)
    context = {"where": decision.site.name if decision.site is not None else "", "at": decision.made_at.isoformat()}
    messages.queue(
        RISKY,
        customer=user.customer,
        user=user,
        channel="email",
        to=user.email,
        transaction_id=decision.name,
        link=link,
        context={**context, "country": decision.country},
    )


def let_in(user: User, until: str, reason: str, *, by_code: bool = False) -> None:
    """A help desk let someone in once, or gave them a code (`by_code`): the user and the customer's owners are told."""
    context = {"until": until, "reason": reason, "username": user.username, "by_code": by_code}
    kind = "accounts.user_let_in"
    customer = user.customer
    if user.email:
        messages.queue(kind, customer=customer, user=user, channel="email", to=user.email, context=context)
    for owner in Membership.objects.filter(customer=customer, role=Role.OWNER).select_related("user")[:10]:
        told = {**context, "owner": True}
        messages.queue(kind, customer=customer, user=owner.user, channel="email", to=owner.user.email, context=told)
