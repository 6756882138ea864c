"""The number of devices that one person uses."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.rules.base import Action, Asked, Rule, Wrong

MOST = 100


class Devices(Rule):
    """One more device than the policy has room for; those that are known go on as before."""

    key = "devices"
    label = _("Number of devices")
    about = _(
        "A new device of somebody who already has as many as named here. Devices that are known are left alone. Where "
        "it cannot be told, more proof is asked for."
    )

    def __init__(self, said: Mapping[str, Any]) -> None:
        most = said.get("most")
        if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST:
            raise Wrong(self.key, _("Name a number of devices from 1 to %(most)d.") % {"most": MOST})
        self.most = most
        self.action = Action.from_json(self.key, said.get("action"))

    def speaks(self, asked: Asked) -> Action | None:
        facts = asked.facts
        if facts.is_new_device is None or facts.devices is None:
            return self.action.softened
        return self.action if facts.is_new_device and facts.devices >= self.most else None

    def to_json(self) -> dict[str, Any]:
        return {"most": self.most, "action": self.action.to_json()}
