"""When there is no score: the engine failed, or has nothing to compare with."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.contract import Outcome
from rba.rules.base import Action, Asked, Rule, Wrong


class NoAnswer(Rule):
    """More proof, never less. Somebody without a history is never refused for it: nobody could ever begin."""

    key = "no_answer"
    label = _("No answer")
    about = _(
        "When the engine cannot answer, and for people who have proved nothing yet. At least as much proof as for any "
        "band; people without a history are never refused for that."
    )
    yields = False

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.action = Action.from_json(self.key, said.get("action"))
        if self.action.outcome is Outcome.ALLOW:
            raise Wrong(self.key, _("Without an answer, more proof is asked for. It can be refused, but not let in."))

    def speaks(self, asked: Asked) -> Action | None:
        if asked.scored is None:
            return self.action
        return self.action.softened if asked.score is None else None

    def to_json(self) -> dict[str, Any]:
        return {"action": self.action.to_json()}
