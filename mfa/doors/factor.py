"""The authenticator app of members and staff: set it up, set it up anew, take it off."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.console.access import fresh
from accounts.console.account import Part, own_account
from accounts.http import KumquatRequest
from accounts.models import User
from accounts.paths import next_path, with_next
from accounts.verbs import sessions
from mfa import verbs
from mfa.contract import METHODS, Verdict
from mfa.doors import entering, gate, words
from mfa.doors.factors import FACTOR, factor_of
from mfa.doors.forms import CodeForm
from mfa.models import Authenticator


def summary(user: User) -> dict[str, Any]:
    """What the account page shows of the second factor."""
    return {"factor": factor_of(user)}


PART = Part("doors/factor_part.html", summary)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def factor(request: KumquatRequest) -> HttpResponse:
    """How it stands, and the button that begins to set it up. An app in use works until the new one is proven."""
    path = next_path(request)
    if request.method == "POST":
        verbs.enrol(request.user, FACTOR, audit.member(request.user, request.source))
        return redirect(with_next("doors:factor_set_up", path))
    return render(request, "doors/factor.html", {"factor": factor_of(request.user), "next": path})


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def set_up(request: KumquatRequest) -> HttpResponse:
    """The secret as a picture and as text, and the code that shows it arrived."""
    path = next_path(request)
    pending = Authenticator.objects.filter(user=request.user, method=FACTOR).exclude(pending_secret=None).first()
    if pending is None:
        return redirect(with_next("doors:factor", path))
    form, wait = CodeForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.code(request))
        if not wait and _is_confirmed(request, form):
            return redirect(path or "console:account")
    uri = METHODS[FACTOR].provisioning(pending, settings.OPERATOR_NAME or "Kumquat", request.user.username)
    secret = pending.pending_secret or ""
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "next": path, "qr": picture(uri), "secret": grouped, "uri": uri}
    return gate.show(request, "doors/factor_set_up.html", context, wait)


def _is_confirmed(request: KumquatRequest, form: CodeForm) -> bool:
    """Judge the code. When it is right, sessions that have not proven the new factor end."""
    by = audit.member(request.user, request.source)
    judged = verbs.confirm(request.user, FACTOR, form.cleaned_data["code"], by)
    if judged.verdict is not Verdict.PASSED:
        form.add_error("code", words.refused(judged))
        return False
    entering.proved(request, factor_of(request.user))
    sessions.end_sessions(request.user, by, keep=request.session.session_key)
    messages.success(request, _("From now on we ask for a code from your app when you sign in."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def remove(request: KumquatRequest) -> HttpResponse:
    """Take it off. Staff keep theirs: without it they could not come in."""
    found = factor_of(request.user)
    if found is None:
        return redirect("console:account")
    if request.user.is_staff:
        return render(request, "doors/factor_kept.html", status=403)
    if request.method != "POST":
        return render(request, "doors/factor_remove.html", {"factor": found, "back_url": reverse("console:account")})
    by = audit.member(request.user, request.source)
    verbs.reset(found, by)
    entering.proved(request, None)
    sessions.end_sessions(request.user, by, keep=request.session.session_key)
    messages.success(request, _("Your password alone opens your account again."))
    return redirect("console:account")


def picture(uri: str) -> SafeString:
    """The QR code as an image that stands in the page itself, dark on white in both themes."""
    return format_html('<img src="{}" alt="">', segno.make(uri, error="m").svg_data_uri(border=2, dark="#000"))
