"""Why more proof is asked for, in words for the person whom it is about: no points, no thresholds."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Scored, Words
from rba.features import FEATURES

MOST = 3
WORDS = {key: words for feature in FEATURES.values() for key, words in feature.words.items()}
UNKNOWN = _("we have not seen you sign in before")
UNLIKE = _("this is unlike your earlier sign-ins")


def reasons(scored: Scored) -> list[Words]:
    """The strongest reasons, at least one; each once."""
    if scored.score is None:
        return [UNKNOWN]
    found = [WORDS[one.level, one.how] for one in scored.findings if (one.level, one.how) in WORDS]
    return found[:MOST] or [UNLIKE]
