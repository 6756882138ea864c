"""Risk in words: actions, bands, rules and whole policies, for forms, lists, decisions and the audit log."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.assurance import Assurance
from rba.contract import FEATURES, How, Outcome, Words
from rba.explain import LEVELS
from rba.rules import RULES, Action, Band
from rba.rules.networks import KINDS

ACTIONS: dict[str, Words] = {
    "risk_policy.edited": gettext_lazy("Risk policy drafted"),
    "risk_policy.discarded": gettext_lazy("Draft of a risk policy dropped"),
    "risk_policy.published": gettext_lazy("Risk policy published"),
    "risk.erasure_waits": gettext_lazy("Erasure of a risk history waits"),
    "risk.erasure_called_off": gettext_lazy("Erasure of a risk history called off"),
    "risk.history_erased": gettext_lazy("Risk history erased"),
}
BANDS: dict[str, Words] = {
    Band.LOW: gettext_lazy("Low"),
    Band.MEDIUM: gettext_lazy("Medium"),
    Band.HIGH: gettext_lazy("High"),
    Band.NEW: gettext_lazy("No history yet"),
    Band.NO_ANSWER: gettext_lazy("No answer"),
}
TONES = {Band.LOW: "good", Band.MEDIUM: "warn", Band.HIGH: "bad", Band.NEW: "info", Band.NO_ANSWER: "idle"}
OUTCOMES: dict[str, Words] = {
    Outcome.ALLOW: gettext_lazy("Nothing more asked"),
    Outcome.STEP_UP: gettext_lazy("More proof asked"),
    Outcome.DENY: gettext_lazy("Refused"),
}
OUTCOME_TONES = {Outcome.ALLOW: "good", Outcome.STEP_UP: "warn", Outcome.DENY: "bad"}
HOWS: dict[str, Words] = {
    How.USUAL: gettext_lazy("Usual"),
    How.RARE: gettext_lazy("Seldom"),
    How.NEW: gettext_lazy("New"),
    How.MISSING: gettext_lazy("Not shown"),
}
PARTS: dict[str, Words] = {
    "attacker": gettext_lazy("Kind of attacker"),
    "velocity": gettext_lazy("Failures before"),
}
MINIMA: dict[int, Words] = {
    Assurance.WEAK: gettext_lazy("any that is allowed"),
    Assurance.AAL1: gettext_lazy("of medium strength or more"),
    Assurance.AAL2: gettext_lazy("strong"),
}
DOES: dict[str, Words] = {
    "allow": gettext_lazy("Ask for nothing more than the other policies do"),
    "step_up-1": gettext_lazy("Ask for a proof, in trusted browsers too"),
    "step_up-2": gettext_lazy("Ask for a proof of medium strength or more"),
    "step_up-3": gettext_lazy("Ask for a strong proof"),
    "deny": gettext_lazy("Refuse"),
}


def choice(action: Mapping[str, Any]) -> str:
    """The line of DOES that an action is."""
    return f"step_up-{action['minimum']}" if action["outcome"] == Outcome.STEP_UP else str(action["outcome"])


def chosen(line: str, *, notice: bool) -> dict[str, Any]:
    """The action that a line of DOES means."""
    outcome, _dash, minimum = line.partition("-")
    return Action(Outcome(outcome), Assurance(int(minimum or 1)), notice).to_json()


def does(action: Mapping[str, Any]) -> str:
    """An action in words."""
    words = str(DOES[choice(action)])
    return _("%(does)s, and send a notice") % {"does": words} if action.get("notice") else words


def rule(key: str) -> Words:
    """What pages call a rule; the key itself for one that this server no longer knows."""
    return RULES[key].label if key in RULES else key


def band(key: str) -> Words:
    """What pages call a band."""
    return BANDS.get(key, key or BANDS[Band.NO_ANSWER])


def part(key: str) -> Words:
    """What pages call a part of a total: a feature, or what no single feature shows."""
    return FEATURES[key].label if key in FEATURES else PARTS.get(key, LEVELS.get(key, key))


def reason(level: str, how: str) -> Words:
    """What was new, rare or missing: "Country: new"."""
    return format_lazy("{}: {}", LEVELS.get(level, level), HOWS[how])


def said(document: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """A whole policy, a line for each thing that it says."""
    lines = [(RULES[key].label, _SAID[key](document[key])) for key in RULES if document.get(key)]
    mode = _("It only reports") if document.get("report_only") else _("It decides")
    contact = document.get("contact") or _("whoever runs the site")
    return [
        (_("Mode"), mode),
        *lines,
        (_("Whom to ask when refused"), str(contact)),
    ]


def _bands(found: Mapping[str, Any]) -> str:
    return _("medium from %(medium)s: %(then)s; high from %(high)s: %(last)s; low: %(first)s") % {
        "medium": _score(found["medium_from"]),
        "high": _score(found["high_from"]),
        "first": _lower(does(found["low"])),
        "then": _lower(does(found["medium"])),
        "last": _lower(does(found["high"])),
    }


def _addresses(found: Mapping[str, Any]) -> str:
    names = {"refuse": _("refused"), "prove": _("asked for more proof"), "trust": _("trusted")}
    lists = [f"{words}: {', '.join(found[name])}" for name, words in names.items() if found.get(name)]
    return "; ".join(lists) or _("none")


def _networks(found: Mapping[str, Any]) -> str:
    named = [f"AS{number}" for number in found["asns"]] + [str(KINDS[kind]) for kind in found["kinds"]]
    return _("%(what)s: %(does)s") % {"what": ", ".join(named), "does": _lower(does(found["action"]))}


def _countries(found: Mapping[str, Any]) -> str:
    named = ", ".join(found["named"])
    what = named if found["which"] == "named" else _("all but %(countries)s") % {"countries": named}
    return _("%(what)s: %(does)s") % {"what": what, "does": _lower(does(found["action"]))}


def _devices(found: Mapping[str, Any]) -> str:
    words = ngettext("beyond %(n)d device: %(does)s", "beyond %(n)d devices: %(does)s", found["most"])
    return words % {"n": found["most"], "does": _lower(does(found["action"]))}


def _hours(found: Mapping[str, Any]) -> str:
    words = _("outside %(days)s %(start)s to %(end)s, %(zone)s: %(does)s")
    if found["when"] == "inside":
        words = _("on %(days)s %(start)s to %(end)s, %(zone)s: %(does)s")
    return words % {
        "days": ", ".join(str(WEEKDAYS[day]) for day in found["days"]),
        "start": found["start"],
        "end": found["end"],
        "zone": found["zone"] if found["whose"] == "site" else _("by the person’s own clock"),
        "does": _lower(does(found["action"])),
    }


_SAID = {
    "never_block": lambda found: ", ".join(found["networks"]) or _("nobody"),
    "addresses": _addresses,
    "networks": _networks,
    "countries": _countries,
    "devices": _devices,
    "hours": _hours,
    "no_answer": lambda found: does(found["action"]),
    "bands": _bands,
}


def _score(figure: float) -> str:
    return f"{figure:g}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def title(site: Any) -> str:
    """The name of a scope where it stands alone."""
    return str(site) if site is not None else capfirst(_("all sites without a policy of their own"))
