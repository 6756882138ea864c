"""What the prompt shows: the step, the other ways and why we ask; or how the visit ended."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import agreeing, browsers
from accounts.http import source_of
from mfa.hosted import returning, shown_by
from mfa.hosted.steps import Step
from mfa.models import Transaction, Visit
from mfa.policies import Effective, Rule
from mfa.verbs import Way, putting_off, risking, visiting
from mfa.verbs.visiting import Offer, Stage

TEMPLATES = {
    Stage.PROVE: "hosted/prompt/ask.html",
    Stage.PROVE_FIRST: "hosted/prompt/ask.html",
    Stage.ENROL: "hosted/prompt/enrol.html",
    Stage.HELP: "hosted/prompt/help.html",
}


class Shown:
    """One open visit as its page shows it; each fact is looked up at most once."""

    def __init__(self, request: HttpRequest, visit: Visit, rules: Effective) -> None:
        self.request, self.visit, self.rules = request, visit, rules

    @cached_property
    def offer(self) -> Offer:
        return visiting.offer(self.visit, self.rules)

    @cached_property
    def is_known(self) -> bool:
        return visiting.is_known(self.visit)

    def visitor(self, method: str) -> str:
        """The lane in which this browser's wrong answers count: its own once the person was let in here (S20)."""
        visit = self.visit
        has_lane = self.is_known and visiting.has_lane(visit.user_id, visit.browser, method)
        return f"browser {visit.browser}" if has_lane else source_of(self.request).network_prefix

    @property
    def where(self) -> str:
        """Whom the person signs in to."""
        return self.visit.site.name if self.visit.site is not None else self.visit.customer.name

    @property
    def is_asked(self) -> bool:
        """Whether something was asked that still can be answered, by a way that is still open."""
        txn = self.visit.transaction
        if txn is None or txn.state != Transaction.State.PENDING or txn.expires_at <= timezone.now():
            return False
        return any(way.method.key == txn.method for way in self.offer.ways)

    def page(self, error: str = "", notice: str = "") -> HttpResponse:
        """The page: `error` is about the last answer, `notice` about what could not be asked."""
        stage, visit = self.offer.stage, self.visit
        if stage is Stage.AGREE:
            here = reverse("prompt:show", args=[visit.public_id])
            return redirect(agreeing.page(visit.customer, visit.username, visit.site, here))
        context: dict[str, Any] = {"visit": visit, "customer": visit.customer, "where": self.where, "notice": notice}
        if stage in (Stage.PROVE, Stage.PROVE_FIRST):
            context |= self._asking(error)
        elif stage is Stage.ENROL:
            context["put_off"] = putting_off.left(visit.user, self.rules)
        back = returning.refused(visit, _("No second factor was given."))
        return render(self.request, TEMPLATES[stage], context | {"back_url": back})

    def _asking(self, error: str) -> dict[str, Any]:
        visit, asked = self.visit, self.is_asked
        txn = visit.transaction if asked else None
        chosen = visiting.preferred(visit, self.offer.ways)
        is_enough = self.offer.stage is Stage.PROVE
        return {
            "step": Step(txn, self.where, error) if txn is not None else None,
            "chosen": chosen,
            "others": [_choice(way) for way in self.offer.ways if txn is None or way.key != chosen.key],
            "sends_left": visiting.sends_left(visit, self.rules) if chosen.method.channels else None,
            "left": visiting.seconds_left(visit),
            "total": visit.customer.code_seconds,
            "why": self._why(),
            "recovery_hours": settings.RECOVERY_HOURS,
            "remember_days": self.rules.value(Rule.REMEMBER_DAYS) if is_enough else 0,
            "before_submit": "hosted/prompt/remember.html",
            "tells": shown_by.asked(visit),
        }

    def _why(self) -> str:
        """Which rule asks, and whether we have seen this browser: in two sentences."""
        if self.offer.stage is Stage.PROVE_FIRST:
            text = _("%(customer)s now wants another proof than you have set up. First prove one that you have.")
            return text % {"customer": self.visit.customer.name}
        return " ".join(part for part in (self._rule(), self._risk(), self._browser()) if part)

    def _rule(self) -> str:
        by = self.rules.rules[Rule.ASSURANCE].by or self.rules.rules[Rule.METHODS].by
        if by is not None and by.group_id is not None:
            text = _("%(customer)s asks everybody in your group for more than a password.")
        elif by is not None and by.site_id is not None:
            text = _("%(customer)s asks for more than a password at %(where)s.")
        else:
            text = _("%(customer)s asks for more than a password, since passwords leak.")
        return text % {"customer": self.visit.customer.name, "where": self.where}

    def _risk(self) -> str:
        """What is unlike other sign-ins, where risk asks for more."""
        found = risking.reasons(self.visit)
        return _("We look closer this time: %(reasons)s.") % {"reasons": "; ".join(map(str, found))} if found else ""

    def _browser(self) -> str:
        words = browsers.words(source_of(self.request).user_agent)
        if self.is_known:
            return _("You have signed in with this browser before.")
        if words:
            return _("This browser is new to us: %(browser)s.") % {"browser": words}
        return _("This browser is new to us.")


def _choice(way: Way) -> dict[str, Any]:
    return {"key": way.key, "label": way.method.label, "hint": way.hint, "icon": way.method.icon}


def ended(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The end of a visit: back to the site with a code, or a page that says how it went, with a way back."""
    if visit.state == Visit.State.APPROVED:
        response = returning.to_site(visit)
        if response is not None:
            return response
    is_refused = visit.state == Visit.State.DENIED and visit.risk == Visit.Risk.DENY
    said = {
        Visit.State.APPROVED: _("This sign-in was finished before."),
        Visit.State.DENIED: _("The person denied the sign-in."),
        Visit.State.CANCELLED: _("The person cancelled the sign-in."),
    }.get(Visit.State(visit.state), _("The sign-in took too long."))
    if is_refused:
        said = _("This sign-in is too unlike the person’s other ones.")
    context = {
        "visit": visit,
        "customer": visit.customer,
        "where": visit.site.name if visit.site is not None else visit.customer.name,
        "reasons": risking.reasons(visit) if is_refused else [],
        "way_on": risking.way_on(visit) if is_refused else "",
        "back_url": returning.refused(visit, said) if visit.state != Visit.State.APPROVED else site_of(visit),
    }
    return render(request, "hosted/prompt/ended.html", context)


def site_of(visit: Visit) -> str:
    """The site's own start page, as its redirect address tells it."""
    return returning.origin(visit.return_to) + "/"
