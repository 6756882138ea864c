"""A person's own account: name, language, password, address, sessions. Open to members, and to staff who are none."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, languages, limits, verbs
from accounts.console.access import fresh, membership_of
from accounts.console.account_forms import EmailForm, PasswordForm, ProfileForm
from accounts.http import KumquatRequest
from accounts.limits import HOUR, Limit
from accounts.models import User
from accounts.paths import with_next
from accounts.sessions import stored_key
from accounts.verbs import addresses, passwords, sessions


@dataclass(frozen=True)
class Part:
    """A part of the account page that another app fills: a template and the function that gives its context."""

    template: str
    read: Callable[[User], dict[str, Any]]


PARTS: list[Part] = []
CARDS: list[Part] = []  # what stands on the page as a card of its own

View = Callable[..., HttpResponseBase]


def own_account(view: View) -> View:
    """Open a view for whoever is signed in, in the dashboard's frame or, for who has no dashboard, in a plain one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(with_next("doors:sign_in", request.get_full_path()))
        membership = membership_of(request)
        if membership is not None:
            ours = cast(KumquatRequest, request)
            ours.membership, ours.customer = membership, membership.customer
        return view(request, *args, **kwargs)

    return guarded


def _show(request: KumquatRequest, template: str, context: dict[str, Any], wait: int = 0) -> HttpResponse:
    frame = "console/base.html" if hasattr(request, "membership") else "console/account/alone.html"
    response = render(request, f"console/account/{template}.html", {"frame": frame, **context})
    if wait:
        response.status_code, response.headers["Retry-After"] = 429, str(wait)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def account(request: KumquatRequest) -> HttpResponse:
    """All of it on one page; the form changes name, phone and language."""
    user = request.user
    names = {name: getattr(user, name) for name in ProfileForm.FIELDS}
    form = ProfileForm(request.POST or None, initial=names)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "phone": str(form.cleaned_data["phone"] or "")}
        verbs.update_user(user, audit.member(user, request.source), **given)
        messages.success(request, _("Saved."))
        response = redirect("console:account")
        languages.remember(response, user.language)
        return response
    here = stored_key(request.session.session_key or "")
    open_ones = [(session, session.session_key == here) for session in sessions.sessions_of(user)[:50]]
    parts, cards = ([(part.template, part.read(user)) for part in found] for found in (PARTS, CARDS))
    return _show(request, "account", {"form": form, "sessions": open_ones, "parts": parts, "cards": cards})


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def password(request: KumquatRequest) -> HttpResponse:
    """Change the password, by who knows the old one. Other sessions end."""
    user, wait = request.user, 0
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        over = limits.hit([Limit("proof", str(user.pk), 10, 600)])
        if over is not None:
            wait = over.wait
            form.add_error(None, _("Too many tries. Wait ten minutes, then try again."))
        elif not user.check_password(form.cleaned_data["current"]):
            form.add_error("current", _("That is not your password."))
        else:
            by = audit.member(user, request.source)
            passwords.change(user, form.cleaned_data["password"], by, keep=request.session.session_key)
            update_session_auth_hash(request, user)
            messages.success(request, _("Your new password is in force, and you are signed out everywhere else."))
            return redirect("console:account")
    return _show(request, "password", {"form": form}, wait)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def email(request: KumquatRequest) -> HttpResponse:
    """Ask to move to another address; the link in the mail to it decides."""
    user, wait = request.user, 0
    form = EmailForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        over = limits.hit([Limit("change of address", str(user.pk), 5, HOUR)])
        if over is None:
            addresses.request_change(user, form.cleaned_data["email"], audit.member(user, request.source))
            return _show(request, "email_sent", {"email": form.cleaned_data["email"]})
        wait = over.wait
        form.add_error(None, _("Five changes an hour are enough. Wait an hour, then try again."))
    return _show(request, "email", {"form": form}, wait)


@require_POST
@own_account
def end_session(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Sign one browser out; this one too, if it is the one."""
    row = sessions.sessions_of(request.user).filter(public_id=public_id).first()
    if row is None:
        raise Http404
    if row.session_key == stored_key(request.session.session_key or ""):
        logout(request)
        return redirect("doors:sign_in")
    sessions.end_session(request.user, public_id, audit.member(request.user, request.source))
    messages.success(request, _("That browser is signed out."))
    return redirect("console:account")


@require_POST
@own_account
def end_sessions(request: KumquatRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    by = audit.member(request.user, request.source)
    ended = sessions.end_sessions(request.user, by, keep=request.session.session_key)
    text = _("You are signed out everywhere else.") if ended else _("You were signed in nowhere else.")
    messages.success(request, text)
    return redirect("console:account")
