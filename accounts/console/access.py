"""Who may open a dashboard page: signed in, a member of the chosen customer, with the right that the page needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts import legal
from accounts.console.registry import GATES, VISITS
from accounts.http import KumquatRequest
from accounts.models import Customer, Membership, Role
from accounts.paths import with_next
from accounts.roles import Right, may
from accounts.verbs import agreements, testing

Page = Callable[..., HttpResponse]
View = Callable[..., HttpResponseBase]  # a page, or a file that is streamed
FRESH_SECONDS = 10 * 60


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership this session works in: the chosen customer's, or the member's oldest."""
    if not request.user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=request.user.pk).select_related("user", "customer").order_by("created_at")
    chosen = request.session.get("customer")
    return (mine.filter(customer=chosen).first() if chosen else None) or mine.first()


def dashboard(right: Right, *, of_test: bool = True) -> Callable[[View], View]:
    """Open a view for members with `right`; sets request.customer and request.membership.

    In test mode the customer is the one that things are tried out in; pages about the account itself and its team
    (`of_test` False) are about the real one all the same.

    Not signed in: to the sign-in page and back. An owner or admin of a customer that has not agreed to the operator's
    documents: to the page that asks. Whom a gate stops: to where it leads. Without the right: a page that names the
    role and who can help.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            membership = membership_of(request)
            if membership is None:
                return render(request, "console/no_customer.html", status=403)
            ours = cast(KumquatRequest, request)
            ours.membership, ours.customer = membership, membership.customer
            first = _first(request, membership)
            if first:
                return redirect(first)
            if not may(membership.role, right):
                return refuse(request, membership)
            if of_test and "test" in request.session:
                ours.customer = membership.customer = _tried_out(request, membership)
            _note(ours)
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]  # the route test reads it
        return guarded

    return decorate


def _note(request: KumquatRequest) -> None:
    """Tell whoever wants to know that a member opened a page."""
    for note in VISITS:
        note(request)


def _tried_out(request: HttpRequest, membership: Membership) -> Customer:
    """The customer's test universe while the session is in it; the customer itself when it is another customer's."""
    found = testing.existing(membership.customer)
    if found is None or str(found.pk) != request.session["test"]:
        return membership.customer
    found.test_of = membership.customer
    return found


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back. A part that refreshes itself sends its whole page there."""
    htmx = cast(KumquatRequest, request).htmx
    if htmx:
        return HttpResponseClientRedirect(with_next("doors:sign_in", htmx.current_url_abs_path or ""))
    return redirect(with_next("doors:sign_in", request.get_full_path()))


def _first(request: HttpRequest, membership: Membership) -> str:
    """Where this member must go before any page: to agree, or to where a gate leads; nothing when the way is open."""
    if must_agree(request, membership):
        return f"{reverse('doors:agree')}?{urlencode({'next': request.get_full_path()})}"
    return next((address for gate in GATES if (address := gate(request, membership))), "")


def must_agree(request: HttpRequest, membership: Membership) -> bool:
    """Whether this member can and must agree for the customer first; asked of the database once a session."""
    if membership.role not in {Role.OWNER, Role.ADMIN}:
        return False
    stamp = f"{membership.customer_id} {' '.join(legal.VERSIONS[name] for name in legal.TO_AGREE)}"
    if request.session.get("agreed") == stamp:
        return False
    if not agreements.has_agreed(membership.customer):
        return True
    request.session["agreed"] = stamp
    return False


def refuse(request: HttpRequest, membership: Membership) -> HttpResponse:
    """403: which role this is, and the owners who can help."""
    owners = Membership.objects.filter(customer=membership.customer, role=Role.OWNER).select_related("user")[:3]
    context = {"role": membership.get_role_display(), "owners": [owner.user for owner in owners]}
    return render(request, "console/refused.html", context, status=403)


def fresh(view: View) -> View:
    """Ask for a proof (a factor, or the password where none is set) unless one was given in the last ten minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if timezone.now().timestamp() - request.session.get("proved_at", 0) > FRESH_SECONDS:
            return redirect(f"{reverse('doors:confirm')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return guarded
