"""From the right password to a session: half signed in until the second factor is proven, then in.

The half session holds an id and opens nothing: request.user stays anonymous until `enter` (security.md S8, S29).
"""

import time

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_otp import login as otp_login

from accounts import audit, browsers, languages
from accounts.backends import OperatorBackend
from accounts.http import KumquatRequest
from accounts.models import Membership, User
from accounts.paths import with_next
from mfa.doors import devices, factors, risk
from mfa.hosted.me import proving
from mfa.models import Authenticator

HALF = "half"
HALF_SECONDS = 600
BACKEND = "accounts.backends.OperatorBackend"


def begin(request: KumquatRequest, user: User, path: str) -> HttpResponse:
    """The password was right: on to the second step, or in where no second factor is set up."""
    if (page := risk.refused(request, user)) is not None:
        return page
    if not factors.has_factor(user):
        return enter(request, user, None, path)
    weighed = request.session.get(risk.WEIGHED)
    if is_in(request):
        request.session.flush()
    request.session.cycle_key()
    request.session[risk.WEIGHED] = weighed
    request.session[HALF] = {"user": str(user.pk), "hash": user.get_session_auth_hash(), "at": int(time.time())}
    for way in factors.ways(user)[:1]:  # asked at once; where that is refused, the page says so and offers the others
        device = devices.known_device(request, user.canonical_username)
        proving.ask(request, user, way, audit.member(user, request.source), device)
    return redirect(with_next("doors:code", path))


def is_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in; one who is half signed in is not."""
    return request.user.is_authenticated


def half_in(request: HttpRequest) -> User | None:
    """Who has given the right password in this session, in the last ten minutes, and not a code yet."""
    half = request.session.get(HALF) or {}
    if time.time() - half.get("at", 0) > HALF_SECONDS:
        return None
    user = OperatorBackend().get_user(half["user"])
    return user if user is not None and user.get_session_auth_hash() == half["hash"] else None


def enter(request: KumquatRequest, user: User, factor: Authenticator | None, path: str) -> HttpResponse:
    """Sign the person in, under a new session key, and lead them on."""
    request.session.pop(HALF, None)
    if factor is not None:
        risk.learn(request, user)
    login(request, user, backend=BACKEND)
    if factor is not None:
        otp_login(request, factor)
    oldest = Membership.objects.filter(user=user).select_related("customer").order_by("created_at").first()
    request.session.update(
        {
            "customer": str(oldest.customer_id) if oldest else None,
            "browser": browsers.words(request.source.user_agent),
            "country": request.source.place.country,
            "staff": user.is_staff,
            "proved_at": int(time.time()),
        }
    )
    facts = {"second_factor": factor is not None}
    by = audit.member(user, request.source)
    audit.record("member.signed_in", by, oldest.customer if oldest else user.customer, user, facts=facts)
    response = _onward(user, factor, path, is_member=oldest is not None)
    devices.remember(response, user.canonical_username)
    languages.suggest(request, response, user.language)
    return response


def proved(request: HttpRequest, factor: Authenticator | None) -> None:
    """Note that a person who is signed in has just proven themselves again, under a new session key."""
    request.session.cycle_key()
    request.session["proved_at"] = int(time.time())
    if factor is not None:
        otp_login(request, factor)


def _onward(user: User, factor: Authenticator | None, path: str, is_member: bool) -> HttpResponse:
    if user.is_staff and factor is None:  # staff without a second factor have one thing to do first
        return redirect(with_next("doors:factor", path))
    if path:
        return redirect(path)
    return redirect("console:start" if is_member or not user.is_staff else "admin:index")
