"""What risk makes of a sign-in: it raises what a proof must be worth, refuses, or learns from who has proved it."""

from uuid import UUID

from accounts import agreeing, audit
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import AuditRecord, Customer, User
from accounts.together import Insert
from mfa.contract import Method
from mfa.models import Visit
from mfa.policies import Effective
from mfa.verbs import notices
from rba import reading
from rba import verbs as rba
from rba.contract import Words
from rba.models import RiskDecision
from rba.reading import NOTHING, Shown
from rba.verbs import Assessment, Wish

Where, Risk = RiskDecision.Where, Visit.Risk
_WHERE: dict[str, RiskDecision.Where] = {
    AuditRecord.Actor.SITE: Where.DIALECT,
    AuditRecord.Actor.TOKEN: Where.API,
}  # who hands answers on


def look(visit: Visit, shown: Shown) -> None:
    """Assess who wants in by what their request shows; the visit, not saved here, notes what that asks for.

    Nobody is looked at before they have agreed to their customer's terms.
    """
    user = visit.user
    if user is None or agreeing.is_missing(user, visit.customer):
        return
    user.customer = visit.customer
    _note(visit, assess(_wish(visit, user, shown, before_told=True)))


def assess(wish: Wish) -> Assessment | None:
    """Score and decide, as rba does, and tell the person where the policy wants a notice."""
    found = rba.assess(wish)
    _tell(found)
    return found


def weigh_proof(wish: Wish, worth: Assurance) -> Assessment | None:
    """The same for somebody who has proved something already; learns from who needs no more."""
    found = rba.conclude(wish, None, worth)
    _tell(found)
    return found


def _tell(found: Assessment | None) -> None:
    if found is not None and found.ruling.notice and found.row is not None:
        notices.risky(found.row)


def missed(customer: Customer, user: User | None, site: UUID | None, by: Actor) -> list[Insert]:
    """What counts a wrong answer or password for where it came from and against its user; None is nobody (S21).

    The caller writes it. A site or program that hands an answer on is not where the person is: of theirs no place is
    counted.
    """
    if user is not None:
        user.customer = customer
    where = _WHERE.get(by.kind, Where.PROMPT if site is not None else Where.DOOR)
    shown = NOTHING if by.kind in _WHERE else reading.of_request(by.source)
    row = rba.failure(customer, user, shown, where=where, site=site)
    return [Insert(row)] if row is not None else []


def conclude(visit: Visit, method: Method, shown: Shown, by: Actor, *, is_told: bool) -> bool:
    """Assess anew who has just proved a method, by all that is known by now: whether they are let in.

    Learns from those. The visit, not saved here, notes what is asked for otherwise. `is_told` says whether a script on
    our page had the chance to tell what it sees.
    """
    user = visit.user
    if user is None or visit.risk == Risk.OFF:
        return True
    user.customer = visit.customer
    worth = worth_of(method)
    found = rba.conclude(_wish(visit, user, shown, before_told=not is_told), visit.decision_id, worth)
    _tell(found)
    if found is None or found.is_satisfied(worth):
        return True
    _note(visit, found)
    if found.is_denied:
        tell_denied(by, visit, user, found)
    return False


def worth_of(method: Method) -> Assurance:
    """What a proof counts for before risk; what a help desk gave was given for this."""
    return method.assurance if method.is_own else Assurance.AAL3


def strict(visit: Visit, rules: Effective) -> Effective:
    """The policy's rules, where no proof may be worth less than risk asks for."""
    return rules.at_least(Assurance(visit.minimum)) if visit.minimum else rules


def tell_denied(by: Actor, about: Visit | User, user: User, found: Assessment) -> None:
    """Note that a rule refused somebody."""
    facts = {"rule": found.ruling.rule, "version": found.ruling.version}
    audit.record("mfa.risk_denied", by, user.customer, about, person=user.pk, facts=facts)


def reasons(visit: Visit) -> list[Words]:
    """Why risk asks this visit for more, in words for the person; nothing where it does not."""
    if visit.risk not in (Risk.STEP_UP, Risk.DENY):
        return []
    return rba.reasons_of(visit.customer_id, visit.public_id)


def way_on(visit: Visit) -> str:
    """Whom to ask where risk refused; empty for the site's own help desk."""
    return rba.contact_of(visit.customer_id, visit.site_id)


def _wish(visit: Visit, user: User, shown: Shown, *, before_told: bool) -> Wish:
    return Wish(user, visit.public_id, shown, Where.PROMPT, visit.site, before_told=before_told)


def _note(visit: Visit, found: Assessment | None) -> None:
    if found is None:
        visit.risk = Risk.OFF
        return
    visit.risk = Risk(found.ruling.verdict)
    visit.minimum = max(visit.minimum, int(found.ruling.minimum))
    if found.row is not None:
        visit.decision_id = found.row.pk
