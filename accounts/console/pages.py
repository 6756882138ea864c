"""What the dashboard's pages share: who acts, and how it is said what came of it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.http import KumquatRequest
from accounts.templatetags.ui import relative


def actor(request: KumquatRequest) -> Actor:
    """The member who sent this request, for verbs and the audit trail."""
    return audit.member(request.membership.user, request.source)


def say(request: KumquatRequest, text: Any) -> None:
    """Good news of this act, shown once on the next page."""
    messages.success(request, text)


def refuse(request: KumquatRequest, text: Any) -> None:
    """Why this act did not happen, shown in the next page until the one after."""
    messages.error(request, text)


def soon(seconds: int) -> str:
    """How long until a limit ends: "in 12 min"."""
    return relative(timezone.localtime() + timedelta(seconds=seconds))
