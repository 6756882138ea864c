"""The rules of a risk policy, in the order in which they are named: of rules that want the same, the first decides."""

from rba.rules.addresses import Addresses, NeverBlock
from rba.rules.bands import Bands
from rba.rules.base import Action, Asked, Band, Facts, Rule, Wrong
from rba.rules.caution import Caution
from rba.rules.countries import Countries
from rba.rules.devices import Devices
from rba.rules.hours import Hours
from rba.rules.networks import Networks
from rba.rules.no_answer import NoAnswer

ORDER: tuple[type[Rule], ...] = (NeverBlock, Caution, Addresses, Networks, Countries, Devices, Hours, NoAnswer, Bands)
RULES = {rule.key: rule for rule in ORDER}

__all__ = ("ORDER", "RULES", "Action", "Asked", "Band", "Facts", "Rule", "Wrong")
