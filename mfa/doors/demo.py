"""The demo's own pages: who can sign in as what, and all that was sent. No other server has them."""

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_otp.oath import hotp

from accounts.models import Membership
from mfa.base32 import decode
from mfa.contract import METHODS
from mfa.demo import FILE, MEMBERS
from mfa.doors import outbox
from mfa.methods.totp import DIGITS, PERIOD, Totp

View = Callable[..., HttpResponse]
APPS = ("member", "staff")  # whose codes the page shows


def demo_only(view: View) -> View:
    """404 on every server that is no demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
def people(request: HttpRequest) -> HttpResponse:
    """Members, staff and end users, with what they sign in with."""
    path = settings.VAR_DIR / FILE
    facts = json.loads(path.read_text()) if path.exists() else None
    return render(request, "doors/demo.html", {"facts": facts, **(_cast(facts) if facts else {})})


def _cast(facts: dict[str, Any]) -> dict[str, Any]:
    addresses = [email for _first, _last, email, _role in MEMBERS]
    members = Membership.objects.filter(user__username__in=addresses).select_related("user", "customer")
    at_prompt = {**facts["prompt"], "method": Totp.key}
    users = [
        {**user, "label": METHODS[user["method"]].label, "code": app_code(user["totp_secret"])}
        for user in (*facts["users"], at_prompt)
    ]
    return {
        "members": members.order_by("created_at"),
        "users": users,
        "staff": _code(facts, "staff"),
        "member": _code(facts, "member"),
    }


@demo_only
def code_now(request: HttpRequest, who: str) -> HttpResponse:
    """The code of the members' or the staff's app as it is now, for the page to put in place of the one before."""
    if who not in APPS:
        raise Http404
    facts = json.loads((settings.VAR_DIR / FILE).read_text())
    return render(request, "doors/demo_code.html", {"app": _code(facts, who)})


def _code(facts: dict[str, Any], who: str) -> dict[str, Any]:
    left = PERIOD - int(time.time()) % PERIOD
    return {"who": who, "code": app_code(facts[f"{who}_totp_secret"]), "left": left}


def app_code(secret: str) -> str:
    """What an authenticator app with this secret shows now; nothing without one."""
    return str(hotp(decode(secret), int(time.time()) // PERIOD, DIGITS)).zfill(DIGITS) if secret else ""


@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """All messages, newest first. The page asks again for its list; unless something came, the answer is empty."""
    to = request.GET.get("to", "")[:254]
    length = outbox.size(settings.OUTBOX_FILE)
    if request.headers.get("HX-Request") and request.GET.get("seen") == str(length):
        return HttpResponse(status=204)
    letters = outbox.newest(settings.OUTBOX_FILE, to)
    template = "doors/mailbox_list.html" if request.headers.get("HX-Request") else "doors/mailbox.html"
    return render(request, template, {"letters": letters, "to": to, "seen": length, "most": outbox.MOST})
