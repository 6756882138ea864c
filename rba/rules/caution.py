"""After a report or an erasure: strong proof for a while, whatever the score is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from rba.contract import Outcome
from rba.rules.base import Action, Asked, Rule


class Caution(Rule):
    """What the person said holds: nobody writes it into a policy, and a policy that only reports does not undo it."""

    key = "caution"
    label = _("Caution")
    about = _(
        "For two weeks after a person says that a sign-in was not theirs, or erases their risk history: a proof as "
        "strong as the best they have. Nobody needs to switch it on, and it holds while a policy only reports."
    )
    yields = False
    is_written = False

    def __init__(self, said: Mapping[str, Any]) -> None:
        """It has nothing to read."""

    def speaks(self, asked: Asked) -> Action | None:
        minimum = asked.facts.careful
        return Action(Outcome.STEP_UP, minimum) if minimum > Assurance.NONE else None

    def to_json(self) -> dict[str, Any]:
        return {}
