"""A policy's rules and their values in words: for the form, the overview, the audit log and the look at one user."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.assurance import Assurance
from accounts.console.registry import Words
from mfa.contract import METHODS
from mfa.models import Policy
from mfa.policies import Enforcement, Rule

STRENGTHS = {
    Assurance.WEAK: gettext_lazy("weak"),
    Assurance.AAL1: gettext_lazy("medium"),
    Assurance.AAL2: gettext_lazy("strong"),
}
LEAST = {
    Assurance.WEAK: gettext_lazy("Anything that is allowed"),
    Assurance.AAL1: gettext_lazy("Medium: no codes or links by e-mail, no questions"),
    Assurance.AAL2: gettext_lazy("Strong: passkeys, keys, apps and backup codes"),
}
ENFORCEMENT = {
    Enforcement.REQUIRED: gettext_lazy("Everybody needs a second factor"),
    Enforcement.OPTIONAL: gettext_lazy("Offered, and let in without"),
}
LABELS: dict[str, Words] = {
    Rule.METHODS: gettext_lazy("Methods that may serve"),
    Rule.ASSURANCE: gettext_lazy("The least that a proof must be worth"),
    Rule.ENFORCEMENT: gettext_lazy("Who has no second factor yet"),
    Rule.GRACE_UNTIL: gettext_lazy("May put it off until"),
    Rule.GRACE_SKIPS: gettext_lazy("May put it off this often"),
    Rule.ADD_UNKNOWN: gettext_lazy("Add people whom a site names and we do not know"),
    Rule.LINK_DAYS: gettext_lazy("Days that a mailed link to set up a method works"),
    Rule.REMEMBER_DAYS: gettext_lazy("Days that a browser may be trusted"),
    Rule.REMEMBER_DEVICES: gettext_lazy("Trusted browsers at once"),
    Rule.RESENDS: gettext_lazy("Codes that may be sent again in one sign-in"),
    Rule.TRIES: gettext_lazy("Wrong answers that end a sign-in"),
    Rule.SMS_COUNTRIES: gettext_lazy("Countries for text messages and calls"),
    Rule.VERIFY_USER: gettext_lazy("A passkey or key asks for PIN, finger or face"),
    Rule.PASSKEY_ALONE: gettext_lazy("A passkey that asks for them is enough alone"),
}


def value(rule: str, found: Any) -> str:
    """One rule's value as people say it."""
    if rule in _SAID:
        return str(_SAID[Rule(rule)](found))
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    return str(found)


def _methods(found: list[str] | None) -> str:
    if found is None:
        return _("all of them")
    return ", ".join(str(METHODS[key].label) for key in METHODS if key in found)


def _countries(found: list[str] | None) -> str:
    return ", ".join(found) if found else _("as under “Sending limits”")


def _until(found: str | None) -> str:
    return date_format(date.fromisoformat(found)) if found else _("no date")


def _days(found: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", found) % {"n": found} if found else _("never")


def _times(found: int) -> str:
    return ngettext("%(n)d time", "%(n)d times", found) % {"n": found} if found else _("not at all")


_SAID: dict[Rule, Callable[[Any], Any]] = {
    Rule.METHODS: _methods,
    Rule.ASSURANCE: lambda found: LEAST[Assurance(found)],
    Rule.ENFORCEMENT: lambda found: ENFORCEMENT[Enforcement(found)],
    Rule.GRACE_UNTIL: _until,
    Rule.GRACE_SKIPS: _times,
    Rule.LINK_DAYS: _days,
    Rule.REMEMBER_DAYS: _days,
    Rule.SMS_COUNTRIES: _countries,
}


def scope(policy: Policy | None) -> str:
    """Whose rule it is: the customer's, a site's, a group's, a group's at a site, or nobody's."""
    if policy is None:
        return _("the default")
    if policy.site is None and policy.group is None:
        return _("your policy for all")
    if policy.group is None:
        return _("the policy of %(site)s") % {"site": policy.site}
    if policy.site is None:
        return _("the policy of the group %(group)s") % {"group": policy.group}
    return _("the policy of the group %(group)s at %(site)s") % {"group": policy.group, "site": policy.site}


def title(policy: Policy) -> str:
    """The name of a scope where it stands alone."""
    if policy.site is None and policy.group is None:
        return _("All users at all sites")
    if policy.group is None:
        return _("All users at %(site)s") % {"site": policy.site}
    if policy.site is None:
        return _("%(group)s at all sites") % {"group": policy.group}
    return _("%(group)s at %(site)s") % {"group": policy.group, "site": policy.site}


def in_one_line(found: Mapping[str, Any]) -> str:
    """Several rules in one line, for the audit log."""
    said = "; ".join(f"{LABELS.get(key, key)}: {value(key, one)}" for key, one in found.items())
    return said or _("nothing of its own")


def change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What a publication changed, rule by rule."""
    left = _("left to the others")
    parts = []
    for key in [key for key in LABELS if key in before or key in after]:
        was, now = (value(key, rules[key]) if key in rules else left for rules in (before, after))
        parts.append(f"{LABELS[key]}: {was} → {now}")
    return "; ".join(parts)
