"""Sign-ins: the list with its filters, one of them as a timeline, and the list as CSV."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts import names
from accounts.console import exporting, listing
from accounts.console.access import dashboard
from accounts.console.messages import TONES as MESSAGE_TONES
from accounts.http import KumquatRequest
from accounts.models import Customer, Message
from accounts.roles import Right, may
from accounts.verbs.people import end_users
from mfa.contract import METHODS
from mfa.models import Transaction

State = Transaction.State
TONES = {
    State.PENDING: "info",
    State.APPROVED: "good",
    State.DENIED: "bad",
    State.EXPIRED: "idle",
    State.FAILED: "bad",
}
MOST_FOUND = 20  # users that a search for the beginning of a name stands for


class SignInFilters(listing.Filters):
    """Sign-ins by user, method, outcome and day."""

    q = listing.Search(gettext_lazy("Username or its beginning"))
    outcome = listing.Choice(gettext_lazy("Outcome"), gettext_lazy("All outcomes"), listing.capped(State))
    first = listing.Day(gettext_lazy("From"))
    last = listing.Day(gettext_lazy("To"))
    field_order = ("q", "method", "outcome", "first", "last")

    def __init__(self, request: HttpRequest) -> None:
        methods = [(key, method.label) for key, method in METHODS.items()]
        super().__init__(
            request, {"method": listing.Choice(gettext_lazy("Method"), gettext_lazy("All methods"), methods)}
        )
        self.order_fields(self.field_order)

    def of(self, customer: Customer) -> QuerySet[Transaction]:
        """The customer's sign-ins that are left."""
        rows = Transaction.objects.filter(customer=customer)
        text, method, outcome = self.chosen("q"), self.chosen("method"), self.chosen("outcome")
        if text is not None:
            rows = rows.filter(user__in=_users(customer, text))
        if method is not None:
            rows = rows.filter(method=method)
        if outcome is not None:
            rows = rows.filter(_of_outcome(outcome))
        return listing.within(rows, self.chosen("first"), self.chosen("last"))


def method_label(key: str) -> Any:
    """What people call a method; the key itself for one that this server no longer knows."""
    return METHODS[key].label if key in METHODS else key


def outcome(txn: Transaction) -> dict[str, Any]:
    """The badge that says how a sign-in went."""
    state = State(txn.shown_state)
    return {"tone": TONES[state], "text": capfirst(state.label)}


def described(found: list[Transaction]) -> list[dict[str, Any]]:
    """Sign-ins as lists show them; their users and sites must be fetched already."""
    return [
        {
            "txn": txn,
            "method": method_label(txn.method),
            "outcome": outcome(txn),
            "mixed": txn.user is not None and names.mixed_scripts(txn.user.username),
        }
        for txn in found
    ]


@dashboard(Right.SEE_PEOPLE)
def sign_ins(request: KumquatRequest) -> HttpResponse:
    """The customer's sign-ins, newest first."""
    filters = SignInFilters(request)
    mine = filters.of(request.customer)
    page = listing.page(request, mine.select_related("user", "site"))
    context = {
        "page": page,
        "rows": described(page.rows),
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s sign-in", "%(n)s sign-ins", "count")),
        "may_export": may(request.membership.role, Right.EXPORT),
    }
    return render(request, "mfa/console/sign_ins.html", context)


@dashboard(Right.SEE_PEOPLE)
def sign_in(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One sign-in: what happened when, and whether its messages arrived."""
    mine = Transaction.objects.filter(customer=request.customer).select_related("user", "site")
    txn = get_object_or_404(mine, public_id=public_id)
    sent = Message.objects.filter(customer=request.customer, transaction=txn.public_id).defer("to", "body", "context")
    context = {
        "txn": txn,
        "method": method_label(txn.method),
        "outcome": outcome(txn),
        "entries": _timeline(txn, list(sent.order_by("pk"))),
    }
    return render(request, "mfa/console/sign_in.html", context)


GIVEN = [
    *("accounts.User.username", "accounts.User.first_name", "accounts.User.last_name"),
    *(
        f"mfa.Transaction.{name}"
        for name in ("created_at", "method", "purpose", "state", "tries", "sent_to", "country")
    ),
]


@dashboard(Right.EXPORT)
def export(request: KumquatRequest) -> HttpResponse | StreamingHttpResponse:
    """The sign-ins that the filters leave, as CSV."""
    header = [
        *(_("Time"), _("Username"), _("Name"), _("Site"), _("Method"), _("For")),
        *(_("Outcome"), _("Wrong answers"), _("Sent to"), _("Country")),
    ]
    rows = SignInFilters(request).of(request.customer).select_related("user", "site")
    return exporting.download(request, "sign-ins", rows, header, _csv, GIVEN, lambda txn: [txn.user_id])


def _csv(found: list[Transaction]) -> Iterator[list[Any]]:
    for txn in found:
        user, site = txn.user, txn.site
        yield [
            txn.created_at.isoformat(timespec="seconds"),
            user.username if user else "",
            user.get_full_name() if user else "",
            site.name if site else "",
            method_label(txn.method),
            txn.get_purpose_display(),
            State(txn.shown_state).label,
            txn.tries,
            txn.sent_to,
            txn.country,
        ]


def _users(customer: Customer, text: str) -> list[Any]:
    """Who a search means: users whose name begins with it. Their keys, so that each one's own index is read."""
    try:
        name = names.canonical(text)
    except names.UnusableName:
        return []
    found = end_users(customer).filter(canonical_username__startswith=name).order_by("canonical_username")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def _of_outcome(outcome: str) -> Q:
    """Rows of an outcome as people see it: one that was left open past its end has expired."""
    over = Q(expires_at__lte=timezone.now())
    if outcome == State.PENDING:
        return Q(state=State.PENDING) & ~over
    if outcome == State.EXPIRED:
        return Q(state=State.EXPIRED) | Q(state=State.PENDING) & over
    return Q(state=outcome)


def _timeline(txn: Transaction, messages: list[Message]) -> list[dict[str, Any]]:
    """What happened, in order."""
    site = txn.site.name if txn.site else _("a program that is no site any more")
    text = _("%(site)s asked, for: %(purpose)s.") % {"site": site, "purpose": txn.get_purpose_display()}
    entries = [{"title": _("Began"), "text": text, "at": txn.created_at, "icon": "log-in"}]
    entries += [_sent(message) for message in messages]
    if txn.tries:
        words = ngettext("%(n)d wrong answer", "%(n)d wrong answers", txn.tries) % {"n": txn.tries}
        entries.append({"title": words, "at": None, "icon": "x", "tone": "warn"})
    return [*entries, _end(txn)]


def _sent(message: Message) -> dict[str, Any]:
    text = _("%(channel)s to %(address)s: %(state)s. %(reason)s") % {
        "channel": capfirst(message.get_channel_display()),
        "address": message.to_masked or "–",
        "state": message.get_state_display(),
        "reason": message.reason_in_words,
    }
    tone = MESSAGE_TONES[Message.State(message.state)]
    when = message.finished_at or message.created_at
    known = tone if tone in {"good", "warn", "bad"} else ""
    return {"title": _("Message"), "text": text.strip(), "at": when, "icon": "mail", "tone": known}


def _end(txn: Transaction) -> dict[str, Any]:
    state = State(txn.shown_state)
    if state == State.PENDING:
        return {"title": _("Waits for an answer"), "at": txn.expires_at, "icon": "clock", "is_next": True}
    if state == State.EXPIRED:
        text = _("No right answer came in time.")
        return {"title": _("Expired"), "text": text, "at": txn.closed_at or txn.expires_at, "icon": "clock"}
    tone = "good" if state == State.APPROVED else "bad"
    icon = "check" if state == State.APPROVED else "x"
    return {"title": capfirst(state.label), "at": txn.closed_at, "icon": icon, "tone": tone}
