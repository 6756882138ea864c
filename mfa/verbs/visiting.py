"""A visit to the prompt: opened for a site, proved in one of the person's ways, and ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import agreeing, crypto
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import Customer, Site, User
from mfa import policies
from mfa.contract import METHODS, Begun, Reason, Refusal
from mfa.models import Authenticator, PromptClient, Visit
from mfa.policies import Effective, Rule
from mfa.verbs import adding, asking, joining, offering, risking
from mfa.verbs.offering import Way
from rba.reading import NOTHING, Shown

State = Visit.State
LASTS = timedelta(minutes=15)  # time enough to set up an app on the way


class Stage(Enum):
    """What a person who visits must do next."""

    AGREE = "agree"  # to the customer's terms, before anything is asked of them
    PROVE = "prove"
    PROVE_FIRST = "prove_first"  # by what they have, so that they may add what the policy wants
    ENROL = "enrol"
    HELP = "help"  # only others can help on


@dataclass(frozen=True)
class Offer:
    """Where a visit stands, and the ways that are open in it."""

    stage: Stage
    ways: list[Way]


def open_visit(
    customer: Customer,
    user: User | None,
    browser: str,
    *,
    site: Site | None = None,
    client: PromptClient | None = None,
    purpose: str = Visit.Purpose.SITE,
    username: str = "",
    return_to: str = "",
    client_state: str = "",
    nonce: str = "",
    code_parameter: str = "code",
    shown: Shown = NOTHING,
) -> Visit:
    """Begin a visit of the browser whose cookie is `browser`. Nothing is asked or sent yet; risk is looked at."""
    now = timezone.now()
    visit = Visit(
        customer=customer,
        user=user,
        browser=hashed(browser),
        site=site,
        client=client,
        purpose=purpose,
        username=username,
        return_to=return_to,
        client_state=client_state,
        nonce=nonce,
        code_parameter=code_parameter,
        created_at=now,
        expires_at=now + LASTS,
    )
    risking.look(visit, shown)
    if visit.risk == Visit.Risk.DENY:
        visit.state, visit.closed_at = State.DENIED, now
    visit.save(force_insert=True)
    return visit


@transaction.atomic
def look(visit: Visit, shown: Shown) -> None:
    """Look at risk where that had to wait until the person agreed to terms."""
    if not visit.risk and lock(visit):
        _look(visit, shown)


def _look(visit: Visit, shown: Shown) -> None:
    risking.look(visit, shown)
    if visit.risk == Visit.Risk.DENY:
        close(visit, State.DENIED, **risk_of(visit))
    elif visit.risk:
        visit.save(update_fields=[*risk_of(visit)])


def risk_of(visit: Visit) -> dict[str, Any]:
    """What risk noted on a visit, to be saved."""
    return {"risk": visit.risk, "minimum": visit.minimum, "decision_id": visit.decision_id}


def hashed(browser: str) -> str:
    """What a visit keeps of the browser's cookie."""
    return crypto.keyed_hash("prompt browser", browser)


def find(public_id: str, browser: str) -> Visit | None:
    """The visit of this id, if it is this browser's; another's is not found."""
    if not browser or not (public_id.isascii() and public_id.isprintable()):
        return None
    rows = Visit.objects.select_related("customer", "site", "user", "client", "transaction__authenticator")
    visit = rows.filter(public_id=public_id[:22], browser=hashed(browser)).first()
    if visit is not None and visit.user is None:
        joining.meet(visit)
    if visit is not None and visit.user is not None:
        visit.user.customer = visit.customer
    return visit


def is_known(visit: Visit) -> bool:
    """Whether this person was let in with this browser before, by a proof."""
    return _before(visit.user_id, visit.browser).exists()


def has_lane(user_id: UUID | None, browser: str, method: str) -> bool:
    """Whether a browser (its hashed cookie) has a lane of its own for wrong answers of this person's (S20).

    It has where the person proved themselves before by something no weaker: a mailbox makes no lanes to guess an
    app's codes in.
    """
    enough = [key for key, other in METHODS.items() if other.assurance >= METHODS[method].assurance]
    return bool(browser) and _before(user_id, browser).filter(method__in=enough).exists()


def _before(user_id: UUID | None, browser: str) -> QuerySet[Visit]:
    return Visit.objects.filter(user=user_id, browser=browser, state=State.APPROVED, skipped=False)


def offer(visit: Visit, rules: Effective) -> Offer:
    """What the person must do next, and how they may.

    Who has a way that the policy lets serve proves it. Who has only others proves one of those before they may add
    what the policy wants, so that a password alone never replaces a factor (security.md S9). Nor does one whose
    factors were switched off or suspended get to add another: that is for recovery. Only who never had anything
    begins without, and whom we do not know where the policy adds those.
    """
    user = visit.user
    if _is_kept_out(visit):
        return Offer(Stage.HELP, [])
    if user is None:
        return _offer_to_newcomer(visit, rules)
    if agreeing.is_missing(user, visit.customer):
        return Offer(Stage.AGREE, [])
    allowed = offering.ways(user, risking.strict(visit, rules))
    if allowed:
        return Offer(Stage.PROVE, allowed)
    enrolment = _enrolment(visit, user, rules)
    if visit.proved_at is not None:
        return enrolment
    others = offering.ways(user, risking.strict(visit, policies.resolve(())))
    strong = [way for way in others if way.method.assurance > Assurance.WEAK]
    if strong:
        return Offer(Stage.PROVE_FIRST, strong)
    if _had_better(user):
        return Offer(Stage.HELP, [])
    return Offer(Stage.PROVE_FIRST, others) if others else enrolment


def _enrolment(visit: Visit, user: User, rules: Effective) -> Offer:
    """Adding what the policy wants. Not what risk alone asks for on top: nobody adds that on the way in."""
    is_for_risk = visit.minimum and offering.ways(user, rules)
    return Offer(Stage.ENROL if not is_for_risk and adding.addable(user, rules, as_factor=True) else Stage.HELP, [])


def _is_kept_out(visit: Visit) -> bool:
    user = visit.user
    is_out = user is not None and (not user.is_active or user.restricted_at is not None)
    return is_out or visit.customer.suspended_at is not None


def _offer_to_newcomer(visit: Visit, rules: Effective) -> Offer:
    if not joining.may_join(visit, rules):
        return Offer(Stage.HELP, [])
    if visit.customer.terms_needed:
        return Offer(Stage.AGREE, [])
    newcomer = User(customer=visit.customer)
    return Offer(Stage.ENROL if adding.addable(newcomer, rules, as_factor=True) else Stage.HELP, [])


def _had_better(user: User) -> bool:
    keys = [key for key, method in METHODS.items() if method.assurance > Assurance.WEAK]
    return Authenticator.objects.filter(user=user, method__in=keys, confirmed=True).exists()


def preferred(visit: Visit, ways: list[Way]) -> Way:
    """The way that was chosen in this visit, else the one that was used last."""
    return offering.find(ways, visit.method) or ways[0]


def sends_left(visit: Visit, rules: Effective) -> int:
    """How many more codes or links this visit may send."""
    return max(0, 1 + int(rules.value(Rule.RESENDS)) - visit.sent)


@transaction.atomic
def ask(visit: Visit, way: Way, rules: Effective, by: Actor, *, visitor: str) -> Begun | Refusal | None:
    """Ask for the proof of one way, anew if it was asked before. None when the visit went on elsewhere meanwhile."""
    if not lock(visit):
        return None
    if way.method.channels and not sends_left(visit, rules):
        return Refusal(Reason.LIMITED)
    begun = asking.begin(
        visit.customer,
        method=way.method.key,
        by=by,
        user=visit.user,
        site=visit.site,
        authenticator=way.authenticator,
        rules=rules if rules.allows(way.method) else None,
        visitor=visitor,
    )
    if isinstance(begun, Refusal):
        return begun
    visit.transaction, visit.method = begun.transaction, way.key
    visit.sent += bool(way.method.channels)
    visit.save(update_fields=["transaction", "method", "sent"])
    return begun


def lock(visit: Visit) -> bool:
    """Lock the visit's row, before any other; False when it has ended or was asked something else meanwhile."""
    rows = Visit.objects.select_for_update(no_key=True).order_by().filter(pk=visit.pk)
    found = rows.values_list("state", "expires_at", "transaction_id", "sent").first()
    if found is None:
        return False
    state, expires_at, txn_id, visit.sent = found
    return state == State.PENDING and expires_at > timezone.now() and txn_id == visit.transaction_id


def close(visit: Visit, state: str, **fields: Any) -> None:
    """End the visit, whose row is locked."""
    visit.state, visit.closed_at = state, timezone.now()
    for name, value in fields.items():
        setattr(visit, name, value)
    visit.save(update_fields=["state", "closed_at", "skipped", *fields])


def seconds_left(visit: Visit, at: datetime | None = None) -> int:
    """Of what was asked, or of the visit where that ends before."""
    ends = min(visit.expires_at, visit.transaction.expires_at) if visit.transaction is not None else visit.expires_at
    return max(0, int((ends - (at or timezone.now())).total_seconds()))
