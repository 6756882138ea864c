"""Bands: from which score on an attempt counts as medium or high, and what is done with each."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.rules.base import Action, Asked, Band, Rule, Wrong

LEVELS = (Band.LOW, Band.MEDIUM, Band.HIGH)


class Bands(Rule):
    """The score, 0 to 100, in three bands."""

    key = "bands"
    label = _("Bands")
    about = _("The score of 0 to 100 as low, medium or high risk. A higher band never asks for less than a lower one.")

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.medium_from = _score("medium_from", said.get("medium_from"))
        self.high_from = _score("high_from", said.get("high_from"))
        if self.medium_from > self.high_from:
            raise Wrong("high_from", _("High risk begins at or above the score at which medium risk begins."))
        self.actions = {band: Action.from_json(band, said.get(band)) for band in LEVELS}
        for lower, higher in ((Band.LOW, Band.MEDIUM), (Band.MEDIUM, Band.HIGH)):
            if self.actions[higher].strength < self.actions[lower].strength:
                raise Wrong(higher, _("A higher band asks for at least as much as the one below it."))

    def band(self, asked: Asked) -> Band:
        """How risky it looks."""
        if asked.scored is None:
            return Band.NO_ANSWER
        if asked.score is None:
            return Band.NEW
        if asked.score >= self.high_from:
            return Band.HIGH
        return Band.MEDIUM if asked.score >= self.medium_from else Band.LOW

    def speaks(self, asked: Asked) -> Action | None:
        return self.actions.get(self.band(asked))

    def to_json(self) -> dict[str, Any]:
        actions = {str(band): action.to_json() for band, action in self.actions.items()}
        return {"medium_from": self.medium_from, "high_from": self.high_from, **actions}


def _score(field: str, said: Any) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 < said <= 100:
        raise Wrong(field, _("Write a score above 0, up to 100."))
    return float(said)
