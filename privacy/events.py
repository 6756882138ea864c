"""What of privacy's trail sites can be told: what people ask, and what was corrected."""

from django.utils.translation import gettext_lazy as _

from accounts.webhooks.events import register


def register_all() -> None:
    """Make privacy's events known."""
    register("privacy.request_made", "privacy_request.made", _("A person asked about their data"), "kind")
    register("privacy.request_prove", "privacy_request.proven", _("It was proven who asks about their data"), "kind")
    register("privacy.request_refuse", "privacy_request.refused", _("A privacy request was refused"), "kind")
    register("privacy.request_finish", "privacy_request.done", _("A privacy request was carried out"), "kind")
    register("user.restricted", "user.restricted", _("A user's data was taken out of use"))
    register("user.released", "user.released", _("A user's data is in use again"))
    register("privacy.corrected", "user.corrected", _("A user's data was corrected on their request"), "fields")
