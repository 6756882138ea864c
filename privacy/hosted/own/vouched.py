"""The way in for who is signed in at a site of the customer's: the site says so, and one button goes on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, links
from accounts.audit import Actor
from accounts.models import Customer, User
from accounts.verbs.people import end_users
from mfa.hosted.me.access import OwnRequest, of_customer
from privacy.hosted.own import access
from privacy.hosted.own.access import VOUCHED, find, known
from privacy.verbs import proving, requesting, vouching


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_customer
def by_token(request: OwnRequest, token: str) -> HttpResponse:
    """Ask, and at the POST let in who the site vouches for; a token is good once."""
    told = vouching.read(request.customer, token)
    if told is None:
        return _over(request)
    if request.method != "POST":
        return _ask(request, request.customer)
    if not vouching.spend(request.customer, token):
        return _over(request)
    person = _usable(told.user)
    if person is None:
        return render(request, "hosted/own/vouched_nobody.html", {"customer": request.customer})
    return _enter(request, request.customer, person, vouching.by_site(str(told.site_id), request.source))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_customer
def by_link(request: OwnRequest, token: str) -> HttpResponse:
    """The same by a link that a program asked for; it has an address here, where persons have their session."""
    link = links.find(token) if token.isascii() and token.isprintable() else None
    ours = link is not None and link.purpose == vouching.LINK and link.customer_id == request.customer.pk
    person = _usable(link.user) if link is not None and ours and links.is_open(link) else None
    if link is None or person is None:
        return _over(request)
    if request.method != "POST":
        return _ask(request, request.customer)
    if not links.spend(link):
        return _over(request)
    return _enter(request, request.customer, person, vouching.by_program(link.about, request.source))


def _usable(user: User | None) -> User | None:
    usable = end_users(user.customer).filter(pk=user.pk, disabled_at=None) if user else None
    return user if usable is not None and usable.exists() else None


def _ask(request: HttpRequest, customer: Customer) -> HttpResponse:
    return render(request, "hosted/own/vouched.html", {"customer": customer})


def _over(request: OwnRequest) -> HttpResponse:
    return render(request, "hosted/own/vouched_over.html", {"customer": request.customer}, status=410)


def _enter(request: HttpRequest, customer: Customer, person: User, by: Actor) -> HttpResponse:
    """A session of its own that opens the pages of the person's rights and nothing else: no factor was proven."""
    request.session.flush()
    now = int(timezone.now().timestamp())
    request.session[VOUCHED] = {"user": str(person.pk), "kind": str(by.kind), "by": str(by.id), "at": now}
    rotate_token(request)
    audit.record("privacy.vouched_entry", by, customer, person)
    return redirect(reverse("rights:home", args=[customer.slug]))


@require_POST
@known
def vouch(request: OwnRequest, public_id: str) -> HttpResponse:
    """Let the site's word be the proof of one request that waits for one: the person says that they asked for it."""
    row = find(request, public_id)
    by = access.voucher(request)
    here = redirect(access.address(request, "request", public_id))
    if by is None:
        return here
    try:
        proving.vouch(row, _("Signed in at the site."), by)
    except requesting.NotNow:
        messages.error(request, _("That request has moved on meanwhile."))
    return here
