"""What a policy would have done with the decisions that are kept, as the pages that put it in force show it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.console import listing
from accounts.http import KumquatRequest
from rba import replaying
from rba.console import words
from rba.governing import Scope
from rba.replaying import Replayed

MONTH = replaying.DAYS[1]
SPANS = {7: gettext_lazy("A week"), MONTH: gettext_lazy("Four weeks"), 90: gettext_lazy("Three months")}


def shown(request: KumquatRequest, scope: Scope, document: Mapping[str, Any]) -> dict[str, Any]:
    """The replay of a document over as many days as the address asks for."""
    asked = request.GET.get("days", "")
    days = next((one for one in replaying.DAYS if str(one) == asked), MONTH)
    found = replaying.replay(scope.customer, scope.site, document, days)
    return {
        "found": found,
        "looked_at": listing.figure(found.looked_at),
        "spans": [(label, _address(request, days=one), one == days) for one, label in SPANS.items()],
        "outcomes": [
            (tone, words.OUTCOMES[key], listing.figure(found.was[key]), listing.figure(found.then[key]))
            for key, tone in words.OUTCOME_TONES.items()
        ],
        "facts": _facts(found),
    }


def _facts(found: Replayed) -> list[tuple[str, str]]:
    """What the figures do not tell by themselves."""
    rules = [f"{words.rule(key)} ({listing.figure(number)})" for key, number in found.rules.most_common()]
    told = [
        (_("Asked for more than before"), _sign_ins(found.asked)),
        (_("Refused, and were not before"), _sign_ins(found.refused)),
        (_("Asked for less than before"), _sign_ins(found.eased)),
        (_("Codes sent by phone for it"), ngettext("about %(n)s", "about %(n)s", found.sent) % {"n": found.sent}),
        (_("By which rule"), ", ".join(rules) or _("none")),
    ]
    if found.untold:
        words_ = _("%(sign_ins)s, taken as where somebody hides it. Addresses are not kept; only hashes of them are.")
        told.append((_("Address not known"), words_ % {"sign_ins": _sign_ins(found.untold)}))
    return told


def _sign_ins(number: int) -> str:
    return ngettext("%(n)s sign-in", "%(n)s sign-ins", number) % {"n": listing.figure(number)}


def _address(request: KumquatRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
