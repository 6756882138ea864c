"""Networks: providers by their number, and kinds of network by the operator's lists."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.rules.base import Action, Asked, Rule, Wrong

KINDS = {
    "tor": _("Tor"),
    "proxy": _("Open proxies and anonymous VPNs"),
    "hosting": _("Data centres"),
}
MOST = 500
LARGEST = 4_294_967_295


class Networks(Rule):
    """Providers' networks, and those that hide where somebody is."""

    key = "networks"
    label = _("Networks")
    about = _(
        "Providers by their number (ASN), and kinds of network as the lists of whoever runs this server tell them. "
        "Where neither can be told, more proof is asked for."
    )

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.asns = _asns(said.get("asns", ()))
        self.kinds = frozenset(said.get("kinds", ()))
        if not self.kinds <= {*KINDS}:
            raise Wrong("kinds", _("Choose kinds of network from the list."))
        self.action = Action.from_json(self.key, said.get("action"))

    def speaks(self, asked: Asked) -> Action | None:
        facts = asked.facts
        if facts.asn in self.asns or (facts.kinds is not None and facts.kinds & self.kinds):
            return self.action
        untold = (self.asns and facts.asn is None) or (self.kinds and facts.kinds is None)
        return self.action.softened if untold else None

    def to_json(self) -> dict[str, Any]:
        return {"asns": sorted(self.asns), "kinds": sorted(self.kinds), "action": self.action.to_json()}


def _asns(said: Any) -> frozenset[int]:
    found = set()
    if not isinstance(said, list | tuple) or len(said) > MOST:
        raise Wrong("asns", _("Name at most %(most)d networks.") % {"most": MOST})
    for one in said:
        text = str(one).strip().upper().removeprefix("AS")
        if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= LARGEST):
            words = _("%(text)s is no number of a network. Write AS15169 or 15169.")
            raise Wrong("asns", words % {"text": str(one)[:40]})
        found.add(int(text[:12]))
    return frozenset(found)
