"""The way to these pages: from the first page of who is in, and from the door of who proved a mailbox alone."""

from django.utils.translation import gettext_lazy as _

from mfa.hosted.me import linking
from mfa.hosted.me.linking import OwnLink


def register() -> None:
    """Make it known to the first page."""
    text = _("A copy, a correction, an objection, erasure: ask, and see what becomes of it.")
    linking.LINKS.append(OwnLink("rights:home", "file-text", _("Your data and your rights"), text))
