"""Bands: from which score on an attempt counts as medium or high, and what is done with each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.contract import Outcome, Scored
from rba.rules.base import Action, Asked, Band, Rule, Wrong
from rba.score import scale

LEVELS = (Band.LOW, Band.MEDIUM, Band.HIGH)


class Bands(Rule):
    """The score, 0 to 100, in three bands."""

    key = "bands"
    label = _("Bands")
    about = _(
        "The score of 0 to 100 as low, medium or high risk. A higher band never asks for less than a lower one. "
        "Failures before ask for more proof, and refuse nobody on their own."
    )

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
        action = self.actions.get(self.band(asked))
        if action is None or action.outcome is not Outcome.DENY:
            return action
        alone = self.actions[self.band(replace(asked, scored=_without_failures(asked)))]
        return action if alone.outcome is Outcome.DENY else max(action.softened, alone, key=lambda one: one.strength)

    def to_json(self) -> dict[str, Any]:
        actions = {str(band): action.to_json() for band, action in self.actions.items()}
        return {"medium_from": self.medium_from, "high_from": self.high_from, **actions}


def _without_failures(asked: Asked) -> Scored | None:
    """The same as if nobody had guessed: failures before can be anybody's, and refuse nobody on their own (S20)."""
    scored = asked.scored
    if scored is None or scored.score is None or scored.parts.get("velocity", 0.0) <= 0:
        return scored
    return replace(scored, score=scale(scored.total - scored.parts["velocity"]))


def _score(field: str, said: Any) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 < said <= 100:
        raise Wrong(field, _("Write a score above 0, up to 100."))
    return float(said)
