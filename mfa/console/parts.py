"""What mfa adds to accounts' pages: figures and a panel of the overview, and what is shown about a user."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts import names
from accounts.console.listing import MOST_COUNTED, bounded, id_at, recently
from accounts.console.registry import Now, Words
from accounts.http import KumquatRequest
from accounts.models import Customer, Group, Membership, User
from accounts.roles import Right, may
from mfa.console.sign_ins import described, method_label
from mfa.contract import METHODS
from mfa.models import Authenticator, Policy, Transaction

State = Transaction.State
REFUSED = (State.FAILED, State.DENIED)
LATEST = 10


def counting(*states: str) -> Callable[[Customer], tuple[str, Words]]:
    """A tile's figure: the sign-ins of the last 24 hours that ended in one of these states."""

    def read(customer: Customer) -> tuple[str, Words]:
        rows = Transaction.objects.filter(customer=customer, state__in=states, pk__gte=id_at(recently()))
        return bounded(rows[: MOST_COUNTED + 1].count()), gettext_lazy("in the last 24 hours")

    return read


def attention(request: KumquatRequest) -> dict[str, Any]:
    """The latest sign-ins that were refused, of the last day."""
    rows = Transaction.objects.filter(customer=request.customer, state__in=REFUSED, pk__gte=id_at(recently()))
    return {"rows": described(list(rows.select_related("user", "site").order_by("-pk")[:5]))}


def methods_of(users: list[User]) -> dict[Any, Words]:
    """The methods that each of these users has, in one query."""
    found: dict[Any, list[str]] = defaultdict(list)
    mine = Authenticator.objects.filter(user__in=users, confirmed=True, expires_at=None).order_by("pk")
    for authenticator in mine if users else ():
        label = str(method_label(authenticator.method))
        if label not in found[authenticator.user_id]:
            found[authenticator.user_id].append(label)
    return {user: " · ".join(labels) for user, labels in found.items()}


def choices() -> list[tuple[str, Words]]:
    """What the users list can be narrowed to."""
    return [("none", gettext_lazy("None yet")), *((key, method.label) for key, method in METHODS.items())]


def having(users: QuerySet[User], method: str) -> QuerySet[User]:
    """The users who have a method, or none at all."""
    enrolled = Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True, expires_at=None)
    return users.filter(~Exists(enrolled) if method == "none" else Exists(enrolled.filter(method=method)))


def section(request: KumquatRequest, user: User) -> dict[str, Any]:
    """A user's methods with their states, a living pass, and the latest sign-ins."""
    rows = Authenticator.objects.filter(user=user).order_by("created_at")
    now = timezone.now()
    latest = Transaction.objects.filter(customer=request.customer, user=user).select_related("user", "site")
    return {
        "methods": [_method(row) for row in rows if row.expires_at is None],
        "living": [_living(row) for row in rows if row.expires_at and row.expires_at > now and row.uses_left],
        "sign_ins": described(list(latest.order_by("-pk")[:LATEST])),
        "may_help": may(request.membership.role, Right.HELP_PEOPLE),
    }


def holdings(user: User) -> list[Words]:
    """What goes with a user, for the page that asks."""
    methods = Authenticator.objects.filter(user=user, expires_at=None).count()
    sign_ins = Transaction.objects.filter(user=user)[: MOST_COUNTED + 1].count()
    return [
        ngettext("%(n)d method", "%(n)d methods", methods) % {"n": methods},
        ngettext("%(n)s sign-in", "%(n)s sign-ins", sign_ins) % {"n": bounded(sign_ins)},
    ]


def group_holdings(group: Group) -> list[Words]:
    """What goes with a group, for the page that asks."""
    spoken = Policy.objects.filter(group=group).count()
    return [ngettext("%(n)d policy", "%(n)d policies", spoken) % {"n": spoken}] if spoken else []


def own_factor(membership: Membership) -> Now:
    """Whether the member protects their own sign-in."""
    has_one = Authenticator.objects.filter(user=membership.user, confirmed=True, expires_at=None).exists()
    if has_one:
        return Now(True, _("It is asked for at every door of ours."))
    text = _("A passkey, or an app on your phone. Whoever learns your password cannot get in with it alone.")
    return Now(False, text, reverse("doors:factor"), gettext_lazy("Protect your sign-in"))


def _method(row: Authenticator) -> dict[str, Any]:
    address = " · ".join(names.mask(part) for part in row.address.split()) if row.address else ""
    return {"row": row, "label": method_label(row.method), "address": address, "state": _state(row)}


def _living(row: Authenticator) -> dict[str, Any]:
    """What a help desk gave that still works: a code that was read out, or one sign-in by the known address."""
    given = not METHODS[row.method].is_own
    return {
        "row": row,
        "title": _("Has a code from the help desk") if given else _("May sign in once by a code to the known address"),
    }


def _state(row: Authenticator) -> dict[str, Any]:
    """The badge that says whether a method counts just now, and until when it waits."""
    if not row.confirmed:
        return {"tone": "info", "text": _("Not proved yet")}
    if row.off_at is not None:
        return {"tone": "bad", "text": _("Off: too many wrong answers"), "at": row.off_at}
    if row.suspended_at is not None:
        return {"tone": "idle", "text": pgettext("a method", "Suspended"), "at": row.suspended_at}
    if row.wait_until is not None and row.wait_until > timezone.now():
        return {"tone": "warn", "text": _("Waits after wrong answers"), "at": row.wait_until}
    return {"tone": "good", "text": _("Active")}
