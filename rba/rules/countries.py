"""Countries: some of them, or all but some."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.rules.base import Action, Asked, Rule, Wrong

NAMED, OTHERS = "named", "others"


class Countries(Rule):
    """Countries by their two letters, as the database of places tells them from the address."""

    key = "countries"
    label = _("Countries")
    about = _(
        "Countries that are named here, or all others. Where the country cannot be told, more proof is asked for, and "
        "nobody is refused."
    )

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.named = _codes(said.get("named", ()))
        self.which = said.get("which", NAMED)
        if self.which not in (NAMED, OTHERS) or not self.named:
            raise Wrong(self.key, _("Name at least one country."))
        self.action = Action.from_json(self.key, said.get("action"))

    def speaks(self, asked: Asked) -> Action | None:
        country = asked.facts.country.upper()
        if not country:
            return self.action.softened
        return self.action if (country in self.named) == (self.which == NAMED) else None

    def to_json(self) -> dict[str, Any]:
        return {"named": sorted(self.named), "which": self.which, "action": self.action.to_json()}


def _codes(said: Any) -> frozenset[str]:
    found = set()
    for one in said if isinstance(said, list | tuple) else ():
        code = str(one).strip().upper()
        if len(code) != 2 or not code.isascii() or not code.isalpha():
            raise Wrong(
                Countries.key, _("%(text)s is no country. Write two letters, such as NO, SE.") % {"text": str(one)[:40]}
            )
        found.add(code)
    return frozenset(found)
