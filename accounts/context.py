"""What every page may show: who runs this server, and the dashboard's shell."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.console import shell as console_shell


def operator(request: HttpRequest) -> dict[str, Any]:
    """The operator's name and contact, and whether this is a demo."""
    return {
        "operator": {"name": settings.OPERATOR_NAME, "contact": settings.OPERATOR_CONTACT},
        "demo": settings.DEMO,
        "request_id": getattr(request, "request_id", ""),
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """The dashboard's frame, for requests that a dashboard view has opened; nothing is read for any other."""
    membership = getattr(request, "membership", None)
    return {} if membership is None else {"shell": console_shell.Shell(request, membership)}
