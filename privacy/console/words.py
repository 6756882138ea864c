"""What the audit log and the list of messages call what privacy does."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "privacy.published": _("Version of a document published"),
    "privacy.stopped_asking": _("People no longer asked to agree"),
    "privacy.agreed": _("Person agreed to the terms"),
    "privacy.withdrew": _("Person took back their agreement"),
}

KINDS = {
    "privacy.new_version": _("New version of terms or notice"),
}
