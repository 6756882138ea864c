"""The way to these pages: from the first page of who is in, and from the door of who proved a mailbox alone."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mfa.hosted.me import linking
from mfa.hosted.me.linking import OwnLink
from privacy import verbs


def register() -> None:
    """Make it known to the first page."""
    text = _("A copy, a correction, an objection, erasure: ask, and see what becomes of it.")
    linking.NOTES.append(changed)
    linking.LINKS.append(OwnLink("rights:home", "file-text", _("Your data and your rights"), text))


def changed(person: User) -> tuple[str, dict[str, Any]] | None:
    """What the person was told of new versions and has not seen, newest first."""
    told = [(notice, verbs.text_in(notice.version, get_language() or "")) for notice in verbs.unseen(person)]
    return ("hosted/privacy/changed.html", {"told": told}) if told else None
