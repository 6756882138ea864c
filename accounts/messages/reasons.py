"""Why a message went as it did: one word in its row, one sentence on pages."""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """The word is stored, sometimes with a provider's status after it; never an address or a provider's own text."""

    TOO_LATE = "too_late", _("It was too late to send it.")
    WITHDRAWN = "withdrawn", _("What it was about had ended.")
    NOT_PREPARED = "not_prepared", _("We could not prepare it.")
    LOST_WORKER = "lost_worker", _("The worker stopped while it was sending, so it may or may not have arrived.")
    NO_PROVIDER = "no_provider", _("No provider is set up for this channel.")
    BAD_ADDRESS = "bad_address", _("The address cannot be reached by this provider.")
    REFUSED = "refused", _("The provider refused it.")
    TRY_LATER = "try_later", _("The provider asked us to try later.")
    NOT_REACHED = "not_reached", _("The provider could not be reached.")
    NO_NAME = "no_name", _("The provider's host name was not found.")
    BAD_CERTIFICATE = "bad_certificate", _("The provider's certificate could not be trusted.")
    NO_TLS = "no_tls", _("The provider offers no encryption.")
    LOGIN_REFUSED = "login_refused", _("The provider refused our sign-in.")
    SENDER_REFUSED = "sender_refused", _("The provider refused our sender address.")
    RESTING = "resting", _("The provider failed several times in a row and is left alone for a moment.")
    NO_ANSWER = "no_answer", _("The connection ended before the provider answered, so it may or may not have arrived.")


def in_words(stored: str) -> str:
    """The sentence for what a row's `reason` holds, with the provider's status in brackets; empty for an empty one."""
    word, _space, detail = stored.partition(" ")
    if word not in Reason.values:
        return stored
    sentence = str(Reason(word).label)
    return gettext("%(sentence)s (%(detail)s)") % {"sentence": sentence, "detail": detail} if detail else sentence
