"""Who is told of a request, in few words: the person, on all channels where it cannot be undone, and who decides."""

from django.conf import settings
from django.utils import timezone

from accounts import links, names
from accounts.messages import verbs as messages
from accounts.models import Link, Membership, Role, User
from mfa.verbs import notices
from privacy.models import PrivacyRequest
from privacy.verbs import apart

NEWS = "privacy.request_news"  # to the person
WAITS = "privacy.request_waits"  # to whoever decides
CHANGED = "privacy.address_changed"  # to the address that was the person's
COOLING = "privacy.erasure_asked"  # to the person on every channel: a message, and the purpose of its link
MOST = 10  # of the customer's people who are told


def tell_person(request: PrivacyRequest, what: str) -> int:
    """Tell the person that there is something to see on their page; nothing of what is held stands in it."""
    if request.user is None:
        return 0
    user = apart.whole(request.user)
    return notices.tell(NEWS, user, _facts(request, what), by_phone=not user.email)


def tell_cooling(request: PrivacyRequest) -> int:
    """Tell the person on every channel that they are to be erased, with a link that calls it off."""
    if request.user is None or request.ready_at is None:
        return 0
    user = apart.whole(request.user)
    link = cancel_link(request)
    return notices.tell(COOLING, user, {**_facts(request, "cooling"), "ready": request.ready_at.isoformat()}, link=link)


def tell_old_address(user: User, old: str, new: str) -> bool:
    """Tell an address that another one took its place; whether it could be told."""
    channel = "email" if "@" in old else "sms"
    if not old or (channel == "sms" and not settings.SMS_URLS):
        return False
    context = {"address": names.mask(new)}
    messages.queue(CHANGED, customer=user.customer, user=user, channel=channel, to=old, context=context)
    return True


def cancel_link(request: PrivacyRequest) -> Link:
    """A link that calls an erasure off until it is carried out."""
    lasts = (request.ready_at or timezone.now()) - timezone.now()
    return links.make(COOLING, lasts=lasts, customer=request.customer, user=request.user, about=request.public_id)


def tell_deciders(request: PrivacyRequest, what: str) -> int:
    """Tell whoever decides, and say how many: the customer's owners and admins, or the operator's staff."""
    people = _deciders(request)
    for one in people:
        messages.queue(
            WAITS, customer=request.customer, channel="email", to=one.email, user=one, context=_facts(request, what)
        )
    return len(people)


def tell_staff(request: PrivacyRequest, what: str) -> int:
    """Tell the operator's staff, and say how many."""
    people = staff()
    for one in people:
        messages.queue(
            WAITS, customer=one.customer, channel="email", to=one.email, user=one, context=_facts(request, what)
        )
    return len(people)


def staff() -> list[User]:
    """The operator's staff who can be written to."""
    found = User.objects.living().filter(is_staff=True, disabled_at=None).exclude(email="").select_related("customer")
    return list(found.order_by("pk")[:MOST])


def _deciders(request: PrivacyRequest) -> list[User]:
    roles = (Role.OWNER, Role.ADMIN)
    found = Membership.objects.filter(customer=request.customer, role__in=roles).select_related("user")
    people = [one.user for one in found.order_by("created_at")[:MOST]]
    if not people and request.customer.is_operator:
        people = staff()
    return [one for one in people if one.email and one.pk != request.person]


def _facts(request: PrivacyRequest, what: str) -> dict[str, str]:
    due = request.due_at.isoformat() if request.due_at else ""
    return {
        "what": str(what),
        "kind": request.kind,
        "state": str(request.state),
        "request": request.public_id,
        "due": due,
        "hours": str(settings.ERASURE_HOURS),
    }
