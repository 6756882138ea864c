"""What goes when: every rule of retention with how much is over by a day, for the staff's page and the dry run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import datamap
from accounts import retention as of_accounts
from accounts.console.listing import MOST_COUNTED, bounded
from accounts.datamap import Personal
from accounts.retention import Rule
from mfa import retention as of_mfa
from privacy import retention, words
from privacy.verbs import idling
from privacy.words import Words
from rba import retention as of_rba

DAYS = (0, 7, 30, 90)
RULES = (*of_accounts.RULES, *of_rba.RULES, *of_mfa.RULES, *retention.RULES)


@dataclass(frozen=True)
class Line:
    """One sort of row: its name, how long it is kept, and how many go by each of DAYS, bounded."""

    what: Words
    name: str
    kept: str
    counts: tuple[str, ...]


def lines(at: datetime) -> list[Line]:
    """Every rule, and the three steps of people who stay away."""
    return [*(_of_rule(rule, at) for rule in RULES), *_of_people(at)]


def _of_rule(rule: Rule, at: datetime) -> Line:
    counts = (_count([rule.over(at + timedelta(days=days))]) for days in DAYS)
    return Line(rule.model._meta.verbose_name or rule.name, rule.name, _kept(rule), tuple(counts))


def _kept(rule: Rule) -> str:
    """How long, as the data map prints it where the rows are about people."""
    if not rule.only:
        declared = datamap.declared(rule.model).values()
        said = [
            str(words.RETENTIONS.get(one.retention, one.retention)) for one in declared if isinstance(one, Personal)
        ]
        if said:
            return "; ".join(dict.fromkeys(said))
    days, minutes = rule.kept.days, rule.kept.seconds // 60
    if days or not minutes:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _of_people(at: datetime) -> Iterator[Line]:
    months = ngettext("%(n)d month", "%(n)d months", settings.INACTIVE_MONTHS) % {"n": settings.INACTIVE_MONTHS}
    notice = ngettext("%(n)d day", "%(n)d days", idling.NOTICE.days) % {"n": idling.NOTICE.days}
    apart = ngettext("%(n)d day", "%(n)d days", settings.SET_ASIDE_DAYS) % {"n": settings.SET_ASIDE_DAYS}
    steps: tuple[tuple[Words, str, str, Any], ...] = (
        (_("People told that they stay away"), "idle.told", months, idling.to_tell),
        (_("People set aside"), "idle.set_aside", notice, lambda when: [idling.to_set_aside(when)]),
        (_("Set-aside people erased"), "idle.erased", apart, lambda when: [idling.to_erase(when)]),
    )
    for what, name, kept, rows in steps:
        yield Line(what, name, kept, tuple(_count(rows(at + timedelta(days=days))) for days in DAYS))


def _count(each: Any) -> str:
    total = 0
    for rows in each:
        total += rows.order_by()[: MOST_COUNTED + 1].count()
    return bounded(min(total, MOST_COUNTED + 1))
