"""A risk policy as it is kept: a document with an entry for each rule; and the one that nobody had to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from rba.contract import Outcome
from rba.rules import ORDER, Rule, Wrong
from rba.rules.addresses import NeverBlock
from rba.rules.bands import Bands
from rba.rules.no_answer import NoAnswer

CONTACT = 200  # characters of how to reach somebody


def _does(outcome: Outcome, minimum: Assurance = Assurance.WEAK, *, notice: bool = False) -> dict[str, Any]:
    return {"outcome": str(outcome), "minimum": int(minimum), "notice": notice}


DEFAULT: dict[str, Any] = {
    "no_answer": {"action": _does(Outcome.STEP_UP)},
    "bands": {
        "medium_from": 50.0,
        "high_from": 98.9,  # thirty decibans
        "low": _does(Outcome.ALLOW),
        "medium": _does(Outcome.STEP_UP),
        "high": _does(Outcome.DENY, notice=True),
    },
    "report_only": False,
    "contact": "",
}


@dataclass(frozen=True)
class RiskRules:
    """A policy that was read: its rules in order. Version 0 is the one that nobody wrote."""

    rules: tuple[Rule, ...]
    never_block: NeverBlock
    bands: Bands
    report_only: bool
    contact: str = ""
    version: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any], version: int = 0) -> "RiskRules":
        """What a document says; raises Wrong for what cannot be."""
        given = {**DEFAULT, "never_block": {}, **document, "caution": {}}
        never_block = NeverBlock(given["never_block"])
        bands, no_answer = Bands(given["bands"]), NoAnswer(given["no_answer"])
        asked = [one.minimum for one in bands.actions.values() if one.outcome is Outcome.STEP_UP]
        if no_answer.action.minimum < max(asked, default=Assurance.WEAK):
            raise Wrong(NoAnswer.key, _("Without an answer, at least as much proof is asked for as for any band."))
        made: dict[type[Rule], Rule] = {NeverBlock: never_block, Bands: bands, NoAnswer: no_answer}
        rules = tuple(made.get(rule) or rule(given[rule.key]) for rule in ORDER if given.get(rule.key) is not None)
        contact = str(given.get("contact", "")).strip()[:CONTACT]
        return cls(rules, never_block, bands, bool(given["report_only"]), contact, version)

    def to_json(self) -> dict[str, Any]:
        """The document, in one spelling; what is empty is left out."""
        said = {rule.key: rule.to_json() for rule in self.rules if rule.is_written and rule is not self.never_block}
        if self.never_block.networks:
            said["never_block"] = self.never_block.to_json()
        return {**said, "report_only": self.report_only, "contact": self.contact}
