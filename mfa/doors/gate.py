"""Limits at the doors: counted before any hash is computed, alike for known and unknown addresses."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import limits, names
from accounts.http import KumquatRequest
from accounts.limits import DAY, HOUR, Limit
from accounts.models import User
from mfa.doors import devices
from mfa.hosted import steps

MINUTES = 60


def sign_in(request: KumquatRequest, email: str) -> list[Limit]:
    """Tries at a password. A browser that signed in before has a lane that strangers cannot use up (S20)."""
    name, network = names.counted(email), request.source.network_prefix
    device = devices.known_device(request, name)
    if device:
        return [Limit("sign in, known device", f"{name} {device}", 20, 10 * MINUTES)]
    return [
        Limit("sign in, network", network, 60, 10 * MINUTES),
        Limit("sign in, name and network", f"{name} {network}", 10, 10 * MINUTES),
        Limit("sign in, name", name, 100, HOUR),
    ]


def code(request: KumquatRequest) -> list[Limit]:
    """Codes from one network; the authenticator's own counting is in mfa.verbs."""
    return [Limit("code, network", request.source.network_prefix, 60, 10 * MINUTES)]


def proof(user: User) -> list[Limit]:
    """Passwords typed by somebody who is signed in already."""
    return [Limit("proof", str(user.pk), 10, 10 * MINUTES)]


def registration(request: KumquatRequest, email: str) -> list[Limit]:
    """New accounts, and the mails that they bring to an address."""
    return [
        Limit("register, network", request.source.network_prefix, 20, HOUR),
        *_about(request, "register", names.counted(email), 5, 20, DAY),
    ]


def reset(request: KumquatRequest, email: str) -> list[Limit]:
    """Links for forgotten passwords."""
    return [
        Limit("reset, network", request.source.network_prefix, 20, HOUR),
        *_about(request, "reset", names.counted(email), 5, 10, HOUR),
    ]


def _about(request: KumquatRequest, kind: str, name: str, allowed: int, by_all: int, seconds: int) -> list[Limit]:
    """Uses about one name, from one network and from all: so one stranger cannot use up what its owner may (S20)."""
    near = Limit(f"{kind}, name and network", f"{name} {request.source.network_prefix}", allowed, seconds)
    return [near, Limit(f"{kind}, name", name, by_all, seconds)]


def link(request: KumquatRequest) -> list[Limit]:
    """Passwords set through mailed links, each of which costs a hash."""
    return [Limit("link, network", request.source.network_prefix, 60, 10 * MINUTES)]


def is_over(request: HttpRequest, form: BaseForm, counted: Sequence[Limit]) -> int:
    """Count one use; when that is one too many, say so in the form and return the seconds to wait, else 0."""
    over = limits.hit(counted)
    if over is None:
        return 0
    form.add_error(None, steps.wait(over.wait))
    return over.wait


def show(request: HttpRequest, template: str, context: dict[str, Any], wait: int = 0) -> HttpResponse:
    """The page; with 429 and Retry-After when a limit was met."""
    response = render(request, template, context, status=429 if wait else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
