"""Why more proof is asked for, in words for the person whom it is about: no points, no thresholds."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from rba import features
from rba.contract import FEATURES, How, Outcome, Scored, Words
from rba.models import RiskDecision
from rba.score import scale

MOST = 3
WORDS = {key: words for feature in FEATURES.values() for key, words in feature.words.items()}
UNKNOWN = _("we have not seen you sign in before")
UNLIKE = _("this is unlike your earlier sign-ins")


LEVELS: dict[str, Words] = {
    "country": _("Country"),
    "city": _("Town"),
    "travel": _("Journey since the last sign-in"),
    "asn": _("Provider’s network"),
    "prefix": _("Block of addresses"),
    "address": _("Address"),
    "device_in_network": _("This system in this network"),
    "velocity": _("Failures before"),
    "device_type": _("Sort of device"),
    "system": _("Operating system"),
    "system_version": _("Version of the operating system"),
    "agent": _("Whole line"),
    "browser": _("Browser"),
    "browser_version": _("Version of the browser"),
    "tongue": _("Language"),
    "language": _("Language with its country"),
    "zone": _("Time zone"),
    "hour": _("Hour of the week"),
    "fingerprint": _("Fingerprint"),
}


class Instead(NamedTuple):
    """What the score would have been if one feature had been usual."""

    feature: str
    score: float


def reasons(scored: Scored) -> list[Words]:
    """The strongest reasons, at least one; each once."""
    return _said(scored.score, ((one.level, one.how) for one in scored.findings))


def reasons_of(row: RiskDecision) -> list[Words]:
    """The same of a decision that was kept; none where risk wanted nothing more."""
    if row.failed or (row.would or row.outcome) == Outcome.ALLOW:
        return []
    return _said(row.score, ((level, How(how)) for _feature, level, how, _points in row.findings))


def _said(score: float | None, found: Iterable[tuple[str, How]]) -> list[Words]:
    if score is None:
        return [UNKNOWN]
    words = dict.fromkeys(WORDS[key] for key in found if key in WORDS)
    return [*words][:MOST] or [UNLIKE]


def sentence(row: RiskDecision, language: str | None = None) -> str:
    """The reasons as one sentence, in a language or in the one of the page: "a new browser, from a new country"."""
    if language is not None:
        with override(language):
            return sentence(row)
    said = [str(words) for words in reasons_of(row)]
    if not said:
        return ""
    joined = (
        said[0]
        if len(said) == 1
        else gettext("%(first)s, and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}
    )
    return joined[:1].upper() + joined[1:] + "."


def instead(parts: Mapping[str, float], total: float) -> list[Instead]:
    """For each feature that spoke against the person, the score if it had been neutral; what helps most comes first.

    The kind of attacker is no feature: nobody can change it.
    """
    against = sorted(
        ((figure, name) for name, figure in parts.items() if figure > 0 and name != "attacker"), reverse=True
    )
    return [Instead(name, scale(total - figure)) for figure, name in against]


def feature_of(level: str) -> str:
    """The feature that a level belongs to; what no single sign-in shows belongs to itself."""
    return features.LEVELS[level][0] if level in features.LEVELS else level


def label_of(level: str) -> Words:
    """What pages call a level."""
    return LEVELS.get(level, level)
