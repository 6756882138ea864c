"""Sign in by a passkey, or by a password and what else is set up; sign out."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, limits
from accounts.backends import OperatorBackend, find_member
from accounts.http import KumquatRequest
from accounts.models import User
from accounts.paths import next_path, with_next
from accounts.together import Insert, write
from accounts.verbs.customers import operator
from accounts.webhooks import emitting
from mfa import verbs
from mfa.contract import METHODS, Judged, Refusal, Verdict
from mfa.doors import devices, entering, factors, gate, risk
from mfa.doors.forms import SignInForm
from mfa.hosted import steps
from mfa.hosted.me import proving
from mfa.hosted.steps import Step
from mfa.models import Transaction
from mfa.verbs import risking

PASSKEY = "passkey"  # in the session: the transaction of a passkey that says itself whose it is


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: KumquatRequest) -> HttpResponse:
    """The first step. Known and unknown addresses get one answer at one cost (security.md S21)."""
    path = next_path(request)
    if entering.is_in(request) and request.method != "POST":
        return _already_in(request, path)
    form, wait = SignInForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        wait = gate.is_over(request, form, gate.sign_in(request, email))
        user = None if wait else authenticate(request, username=email, password=password)
        if user is not None:
            return entering.begin(request, user, path)
        if not wait:
            _note_refusal(request, email)
            form.add_error(
                None, _("That address and password do not fit together. Look at both, or set a new password.")
            )
    return gate.show(request, "doors/sign_in.html", {"form": form, "next": path}, wait)


def _already_in(request: KumquatRequest, path: str) -> HttpResponse:
    """Somebody signed in came here: on to where they were going, by way of what they still have to prove."""
    if request.user.is_staff and not factors.is_verified(request):
        has_one = factors.has_factor(request.user)
        return redirect(with_next("doors:confirm" if has_one else "doors:factor", path))
    return redirect(path or "console:start")


def _note_refusal(request: KumquatRequest, email: str) -> None:
    member = find_member(email)
    person, by = (member.pk if member is not None else None), audit.stranger(request.source)
    home = operator()
    entry = audit.entry("member.sign_in_refused", by, home, person=person)
    write(Insert(entry), *risking.missed(home, member, None, by))
    emitting.announce(entry)


@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: KumquatRequest) -> HttpResponse:
    """A passkey instead of address and password: asked for, answered, and judged for this session alone (S32)."""
    path, txn = next_path(request), _waiting(request)
    if request.method != "POST":
        return _ask(request, txn, path) if txn is not None else redirect(with_next("doors:sign_in", path))
    over = limits.hit(gate.code(request))
    if over is not None:
        response = render(request, "doors/passkey.html", {"error": steps.wait(over.wait), "next": path}, status=429)
        response.headers["Retry-After"] = str(over.wait)
        return response
    if txn is None or "credential" not in request.POST:
        method = next(key for key, method in METHODS.items() if method.identifies)
        begun = verbs.begin_unnamed(operator(), method=method, verifies_user=True, asks_terms=False)
        if isinstance(begun, Refusal):
            return render(request, "doors/passkey.html", {"error": steps.refused(begun), "next": path})
        request.session[PASSKEY] = begun.transaction.public_id
        return redirect(with_next("doors:passkey", path))
    by = audit.stranger(request.source)
    judged = verbs.verify(operator(), txn.public_id, steps.read(txn, request.POST), by, visitor=partial(_lane, request))
    user = _recognised(judged)
    if user is None:
        return _ask(request, _waiting(request), path, _("That passkey opens nothing here. Use another one."))
    del request.session[PASSKEY]
    if (page := risk.refused(request, user)) is not None:
        return page
    return entering.enter(request, user, judged.authenticator, path)


def _waiting(request: KumquatRequest) -> Transaction | None:
    """The transaction that this session was asked with, while it may be answered."""
    rows = Transaction.objects.filter(customer=operator(), public_id=request.session.get(PASSKEY, ""), user=None)
    txn = rows.first() if PASSKEY in request.session else None
    return txn if txn is not None and txn.shown_state == Transaction.State.PENDING else None


def _ask(request: KumquatRequest, txn: Transaction | None, path: str, error: str = "") -> HttpResponse:
    step = Step(txn, operator().name, error) if txn is not None else None
    return render(request, "doors/passkey.html", {"step": step, "error": error, "next": path})


def _lane(request: KumquatRequest, user: User) -> str:
    """Where wrong answers count: this browser's own lane if the passkey's person signed in with it before (S20)."""
    device = devices.known_device(request, user.canonical_username)
    return f"device {device}" if device else request.source.network_prefix


def _recognised(judged: Judged) -> User | None:
    """The member or staff whose passkey passed; the operator's end users have no door here, and no password."""
    if judged.verdict is not Verdict.PASSED or judged.authenticator is None:
        return None
    user = OperatorBackend().get_user(judged.authenticator.user_id)
    return user if user is not None and user.has_usable_password() else None


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: KumquatRequest) -> HttpResponse:
    """The second step, for who has just given the right password: any way that is strong enough."""
    path, user = next_path(request), entering.half_in(request)
    if user is None:
        return redirect(with_next("doors:sign_in", path))
    context = {"next": path}
    over = limits.hit(gate.code(request)) if request.method == "POST" else None
    if over is not None:
        return gate.show(request, "doors/code.html", {**context, "error": steps.wait(over.wait)}, over.wait)
    by = audit.member(user, request.source)
    device = devices.known_device(request, user.canonical_username)
    found = proving.prove(request, user, factors.ways(user), "doors/code.html", context, by, device)
    if isinstance(found, HttpResponse):
        return found
    return entering.enter(request, user, found.authenticator, path)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if not request.session.is_empty():  # strangers make no rows by asking for it
        logout(request)
        messages.success(request, _("You are signed out."))
    return redirect("doors:sign_in")
