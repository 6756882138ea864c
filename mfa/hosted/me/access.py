"""Who may see which of the person's own pages: whoever proved a factor of their own, and freshly before a change."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts import audit, browsers
from accounts.audit import Actor
from accounts.http import KumquatRequest
from accounts.models import Customer, User
from accounts.paths import is_own
from accounts.verbs.people import end_users
from mfa import policies
from mfa.contract import Method
from mfa.policies import Effective
from rba.verbs import Assessment

PERSON = "_auth_user_id"  # the key by which a session's row knows whose it is
HALF = "half"
HALF_SECONDS = 600
FRESH_SECONDS = 600

Page = Callable[..., HttpResponseBase]  # a page, or a file that is streamed


class OwnRequest(KumquatRequest):
    """A request to the person's own pages; `person` is None before they are let in."""

    person: User
    rules: Effective


def of_customer(view: Page) -> Page:
    """Find the customer that the address names; an unknown, closed or paused one is not found, and is not named."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        customer = Customer.objects.filter(slug=slug, closed_at=None, suspended_at=None).first()
        if customer is None:
            raise Http404
        cast(OwnRequest, request).customer = customer
        return view(request, *args, **kwargs)

    return guarded


def own_page(view: Page) -> Page:
    """Open a view for who is in. Everybody else goes to the door."""

    @wraps(view)
    @of_customer
    def guarded(request: OwnRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_in(request):
            return redirect(with_next(address(request, "home"), request))
        return view(request, *args, **kwargs)

    return guarded


def is_in(request: OwnRequest) -> bool:
    """Whether this session is somebody's; sets `person` and the `rules` that hold for them."""
    person = whoever_is_in(request)
    if person is not None:
        request.person, request.rules = person, policies.effective(request.customer, user=person)
    return person is not None


def fresh(view: Page) -> Page:
    """Ask for a factor again, unless one was proven in the last ten minutes."""

    @wraps(view)
    def guarded(request: OwnRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_fresh(request):
            return redirect(with_next(address(request, "again"), request))
        return view(request, *args, **kwargs)

    return guarded


def is_fresh(request: OwnRequest) -> bool:
    return bool(timezone.now().timestamp() - request.session.get("proved_at", 0) <= FRESH_SECONDS)


def whoever_is_in(request: OwnRequest) -> User | None:
    """The person of this session, read anew for each request: one who was closed out a moment ago is out."""
    return _find(request, request.session.get(PERSON))


@dataclass(frozen=True)
class Half:
    """Who proved something that lets them not in, and by which method: it was not enough, or their data is out of use.

    `minimum` is what risk wants the next proof to be worth, `weighed` the name of its decision; empty without one.
    """

    person: User
    method: str
    minimum: int
    weighed: str


def half_in(request: OwnRequest) -> Half | None:
    """Who is half in with this session, for ten minutes."""
    half = request.session.get(HALF) or {}
    if timezone.now().timestamp() - half.get("at", 0) > HALF_SECONDS:
        return None
    person = _find(request, half["user"], restricted_too=True)
    return Half(person, half["method"], half["minimum"], half["weighed"]) if person is not None else None


def _find(request: OwnRequest, pk: Any, *, restricted_too: bool = False) -> User | None:
    found = end_users(request.customer).filter(pk=pk, disabled_at=None).first() if pk else None
    if found is None or (found.restricted_at is not None and not restricted_too):
        return None
    found.customer = request.customer
    return found


def enter(request: OwnRequest, person: User, method: Method) -> None:
    """Let the person in, under a new session."""
    request.session.flush()
    now = int(timezone.now().timestamp())
    request.session.update(
        {
            PERSON: str(person.pk),
            "customer": str(person.customer_id),
            "browser": browsers.words(request.source.user_agent),
            "country": request.source.place.country,
            "proved_at": now,
            "method": method.key,
        }
    )
    rotate_token(request)
    audit.record("own.entered", actor(request, person), request.customer, person, facts={"method": method.key})


def enter_half(request: OwnRequest, person: User, method: Method, found: Assessment | None) -> None:
    """Note what was proven, where it lets nobody in. It opens the page that asks for more (S8) and that of rights."""
    request.session.flush()
    now = int(timezone.now().timestamp())
    request.session[HALF] = {
        "user": str(person.pk),
        "method": method.key,
        "at": now,
        "minimum": int(found.ruling.minimum) if found is not None else 0,
        "weighed": found.row.name if found is not None and found.row is not None else "",
    }
    rotate_token(request)


def proved(request: OwnRequest) -> None:
    """Note a fresh proof of somebody who is in, under a new session key."""
    request.session.cycle_key()
    request.session["proved_at"] = int(timezone.now().timestamp())


def actor(request: OwnRequest, person: User | None = None) -> Actor:
    """Who acts: the person, from where they are."""
    return audit.end_user(person or request.person, request.source)


def address(request: OwnRequest, name: str, *args: str) -> str:
    return reverse(f"me:{name}", args=[request.customer.slug, *args])


def with_next(url: str, request: OwnRequest) -> str:
    """An address that leads back here afterwards; to the first page when a form was sent."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    return f"{url}?{urlencode({'next': here})}" if here and here != url else url


def next_own(request: OwnRequest) -> str:
    """Where to go on to: one of this customer's own pages, else the first one."""
    home = address(request, "home")
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted.startswith(home) and is_own(wanted) else home
