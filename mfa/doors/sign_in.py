"""Sign in, prove the second factor, sign out."""

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.backends import find_member
from accounts.http import KumquatRequest
from accounts.paths import next_path, with_next
from accounts.verbs.customers import operator
from mfa.contract import Verdict
from mfa.doors import entering, gate, words
from mfa.doors.factors import factor_of, is_verified, prove
from mfa.doors.forms import CodeForm, SignInForm


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
    if request.user.is_staff and not is_verified(request):
        factor = factor_of(request.user)
        return redirect(with_next("doors:confirm" if factor else "doors:factor", path))
    return redirect(path or "console:start")


def _note_refusal(request: KumquatRequest, email: str) -> None:
    member = find_member(email)
    person = member.pk if member is not None else None
    audit.record("member.sign_in_refused", audit.stranger(request.source), operator(), person=person)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: KumquatRequest) -> HttpResponse:
    """The second step, for who has just given the right password."""
    path, user = next_path(request), entering.half_in(request)
    if user is None:
        return redirect(with_next("doors:sign_in", path))
    form, wait = CodeForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.code(request))
        if not wait:
            judged = prove(user, form.cleaned_data["code"], audit.member(user, request.source))
            if judged.verdict is Verdict.PASSED:
                return entering.enter(request, user, factor_of(user), path)
            form.add_error("code", words.refused(judged))
    return gate.show(request, "doors/code.html", {"form": form, "next": path}, wait)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("doors:sign_in")
