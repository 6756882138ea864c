"""Lists of addresses: refused, asked for more proof, trusted; and the list of those that are never refused."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rba.contract import Outcome
from rba.features.ip_address import parse
from rba.rules.base import Action, Asked, Rule, Wrong

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST = 500
WIDEST = {4: 8, 6: 16}  # a wider block is a slip of the pen more often than a wish
LISTS = ("refuse", "prove", "trust")


class NeverBlock(Rule):
    """Addresses that no rule refuses: where a rule would, more proof is asked for."""

    key = "never_block"
    label = _("Never refused")
    about = _(
        "Whoever comes from here is never refused, whatever the rules below say: more proof is asked for instead."
    )
    yields = False

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.networks = networks(self.key, said.get("networks", ()))

    def speaks(self, asked: Asked) -> Action | None:
        """It decides nothing by itself: see `covers`."""
        return None

    def covers(self, address: str) -> bool:
        return lies_in(address, self.networks)

    def to_json(self) -> dict[str, Any]:
        return {"networks": [str(one) for one in self.networks]}


class Addresses(Rule):
    """Three lists. An address that stands on several is treated as the strictest of them says."""

    key = "addresses"
    label = _("Addresses")
    about = _(
        "Addresses that are refused, asked for more proof, or trusted. A trusted one is spared all rules below but "
        "the one for when there is no answer. Where some are refused or asked, so is an address that cannot be told: "
        "for more proof."
    )
    yields = False

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.lists = {name: networks(name, said.get(name, ())) for name in LISTS}
        self.action = Action.from_json(self.key, said.get("action"))

    def speaks(self, asked: Asked) -> Action | None:
        refused = Action(Outcome.DENY, self.action.minimum, self.action.notice)
        if parse(asked.facts.address) is None:
            return refused.softened if self.lists["refuse"] or self.lists["prove"] else None
        if lies_in(asked.facts.address, self.lists["refuse"]):
            return refused
        if lies_in(asked.facts.address, self.lists["prove"]):
            return refused.softened
        return Action(Outcome.ALLOW) if lies_in(asked.facts.address, self.lists["trust"]) else None

    def to_json(self) -> dict[str, Any]:
        lists = {name: [str(one) for one in found] for name, found in self.lists.items()}
        return {**lists, "action": self.action.to_json()}


def lies_in(address: str, found: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies nowhere."""
    parsed = parse(address)
    return parsed is not None and any(parsed in network for network in found)


def networks(field: str, said: Any) -> tuple[Network, ...]:
    """Addresses and blocks as networks, each once, in the order given."""
    if not isinstance(said, list | tuple) or len(said) > MOST:
        raise Wrong(field, _("Name at most %(most)d addresses or blocks.") % {"most": MOST})
    return tuple(dict.fromkeys(_network(field, one) for one in said))


def _network(field: str, text: Any) -> Network:
    try:
        found = ipaddress.ip_network(str(text).strip(), strict=False)
    except ValueError as error:
        words = _("%(text)s is no address and no block. Write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.")
        raise Wrong(field, words % {"text": str(text)[:60]}) from error
    mapped = found.network_address.ipv4_mapped if isinstance(found, ipaddress.IPv6Network) else None
    if mapped is not None and found.prefixlen >= 96:
        found = ipaddress.ip_network((mapped, found.prefixlen - 96), strict=False)
    if found.prefixlen < WIDEST[found.version]:
        words = _("%(text)s takes in a large part of the internet. Name a smaller block.")
        raise Wrong(field, words % {"text": str(text)[:60]})
    return found
