"""The second factors of members and staff: added, named, taken off; each change after a fresh proof."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.console.access import fresh
from accounts.console.account import Part, own_account
from accounts.console.fields import LineField
from accounts.http import KumquatRequest
from accounts.models import User
from accounts.paths import next_path, with_next
from accounts.verbs import sessions
from mfa import verbs
from mfa.doors import entering, factors
from mfa.hosted import enrolling
from mfa.policies import Effective
from mfa.verbs import Owned, Removal, putting_off
from mfa.verbs.owning import LONGEST_NAME

ONWARD = "factor_next"  # in the session: where somebody was going who had to set up a factor first


class FactorForm(forms.Form):
    """What the person calls it."""

    name = LineField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, required=False)


def summary(user: User) -> dict[str, Any]:
    """What the account page shows of the second factors."""
    return {"factors": [_described(one) for one in factors.owned(user)], "has_one": factors.has_factor(user)}


PART = Part("doors/factor_part.html", summary)


def _described(one: Owned) -> dict[str, Any]:
    row = one.authenticator
    left = one.method.left(row) if row is not None and one.method.is_standby else None
    return {"one": one, "row": row, "left": left}


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def factor(request: KumquatRequest) -> HttpResponse:
    """Add one. What is in use works until the new one is proven; then sessions that have not proven it end."""
    user, account = request.user, reverse("console:account")
    path = next_path(request)
    if path:
        request.session[ONWARD] = path
    done = request.session.get(ONWARD, account)
    is_first = not factors.has_factor(user)
    leave = _leave(request, done) if is_first and factors.rules_of(user) is factors.DOOR else account
    by = audit.member(user, request.source)
    found = enrolling.step(
        request, user, factors.DOOR, by, done=done, leave=leave, as_factor=is_first, frame="doors/enrol.html"
    )
    if isinstance(found, HttpResponse):
        return found
    request.session.pop(ONWARD, None)
    if found.authenticator.method in factors.KEYS:
        entering.proved(request, found.authenticator)
        sessions.end_sessions(user, by, keep=request.session.session_key)
    return found.page


def _leave(request: KumquatRequest, done: str) -> str:
    """Where who must have a factor may go without one: to put it off, where that is allowed."""
    if factors.PUT_OFF in request.session:
        return done
    return with_next("doors:put_off", done) if _grace(request) is not None else ""


def _grace(request: KumquatRequest) -> Effective | None:
    membership = getattr(request, "membership", None)  # staff who are no members have none
    if membership is None or factors.has_factor(request.user):
        return None
    return factors.may_put_off(membership)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def put_off(request: KumquatRequest) -> HttpResponse:
    """Set a first factor up now, or put that off for this session, as often as the customer's policy lets one."""
    path, rules = next_path(request, "console:start"), _grace(request)
    if rules is None or factors.PUT_OFF in request.session:
        return redirect(path)
    left = putting_off.left(request.user, rules)
    if left is None:
        return redirect(with_next("doors:factor", path))
    if request.method != "POST":
        return render(request, "doors/put_off.html", {"put_off": left, "next": path})
    if putting_off.skip_at_door(request.membership, rules, audit.member(request.user, request.source)):
        request.session[factors.PUT_OFF] = True
    return redirect(path)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def one(request: KumquatRequest, key: str) -> HttpResponse:
    """One of them: its name, when it was used, and what can be done with it."""
    found = _found(request, key)
    form = FactorForm(request.POST or None, initial={"name": found.authenticator.name if found.authenticator else ""})
    if request.method == "POST" and form.is_valid() and found.authenticator is not None:
        found.authenticator.user = request.user
        verbs.rename(found.authenticator, form.cleaned_data["name"], audit.member(request.user, request.source))
        messages.success(request, _("Saved."))
        return redirect("console:account")
    return render(request, "doors/factor.html", {"factor": _described(found), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def remove(request: KumquatRequest, key: str) -> HttpResponse:
    """Take one off. The last one of who must have one stays, and the page says why."""
    found, user = _found(request, key), request.user
    others = sum(other.is_usable and other.method.key in factors.KEYS for other in factors.owned(user))
    others -= found.is_usable and found.method.key in factors.KEYS
    context = {"factor": _described(found), "others": others, "back_url": reverse("console:account")}
    if request.method != "POST":
        return render(request, "doors/factor_remove.html", context)
    by = audit.member(user, request.source)
    if verbs.remove(user, found.key, factors.rules_of(user), by) is Removal.LAST:
        return render(request, "doors/factor_kept.html", context, status=403)
    remaining = next((way.authenticator for way in factors.ways(user) if way.method.key in factors.KEYS), None)
    entering.proved(request, remaining)
    sessions.end_sessions(user, by, keep=request.session.session_key)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": found.name})
    return redirect("console:account")


def _found(request: KumquatRequest, key: str) -> Owned:
    found = verbs.find_owned(factors.owned(request.user), key)
    if found is None:
        raise Http404
    return found
