"""No page, call or sign-in on a database restored from a backup, until those erased since are erased once more.

Workers refuse to start there (config/celery.py). The web server starts, so that it can say what is to be done, and
opens by itself once that is done.
"""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from accounts import views
from privacy.verbs import tombstones

log = structlog.get_logger()
EVERY, HELD_EVERY = 60.0, 5.0  # seconds between two looks
ALIVE, READY = "/healthz", "/readyz"
WORDS = "The server was restored from a backup and is not open yet. Try again later."
TOLD = _("The server was restored from a backup and is not open yet.")

_state = {"look_at": 0.0, "is_held": True}


class HeldBackMiddleware:
    """Stands before all that could show somebody or let somebody in, for a look at the clock and a query a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == ALIVE or not is_held():
            return self.get_response(request)
        if request.path == READY:
            told = {"ok": False, "words": "Erasures are to be applied again: manage.py reapply_erasures."}
            return JsonResponse({"status": "not ready", "erasures": told}, status=503)
        return views.plain(request, 503, "busy", WORDS, page="errors/restored.html", wait=60, detail=TOLD)


def is_held() -> bool:
    """Whether this database is older than erasures that were carried out, as of the last look; unknown is yes."""
    now = time.monotonic()
    if now >= _state["look_at"]:
        _state["is_held"] = _look()
        _state["look_at"] = now + (HELD_EVERY if _state["is_held"] else EVERY)
    return bool(_state["is_held"])


def look_soon() -> None:
    """Look again at the next request."""
    _state["look_at"] = 0.0


def _look() -> bool:
    """At every line of the file first; then at the newest, which an older database lacks before all others."""
    try:
        undone = len(tombstones.unapplied(newest_only=not _state["is_held"]))
    except OSError:
        log.exception("the file of erasures cannot be read, so nothing is answered")
        return True
    if undone:
        log.error("this database was restored from a backup: run manage.py reapply_erasures", erasures=undone)
    return bool(undone)
