"""Assess a sign-in, prove it, count a failure: what other apps call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import crypto
from accounts.assurance import Assurance
from accounts.ids import new_id, new_public_id
from accounts.models import Customer, Site, User
from accounts.together import Insert, Update, write
from rba import deciding, explain, networks, reading, switches
from rba.contract import Attempt, Context, Outcome, Scored, Words
from rba.database import DatabaseStore
from rba.deciding import Ruling
from rba.engine import Engine, refused
from rba.keys import Keys
from rba.models import RiskDecision
from rba.policy import DEFAULT, RiskRules
from rba.profile import Profile
from rba.reading import NOTHING, Shown
from rba.rules import Facts
from rba.store import Decision, Loaded

log = structlog.get_logger()
TOLD = frozenset({"time", switches.FINGERPRINT})  # what a script on a page tells, once it has run there
# What an answer may change of a decision that was made when somebody wanted in
RENEWED = (
    *("at", "attempt", "lessons", "expected", "score", "total", "base", "parts", "findings", "levels", "outcome"),
    *("band", "verdict", "minimum", "would", "rule", "rules", "notice", "spared", "report_only", "version"),
    *("country", "facts"),
)


@dataclass(frozen=True)
class Assessment:
    """What risk has to say of somebody who wants in.

    `row` is the decision as it is kept, None where it could not be written; then, as wherever the engine failed, more
    proof is asked for. `reasons` are for the person, in words.
    """

    ruling: Ruling
    row: RiskDecision | None = None
    reasons: tuple[Words, ...] = ()

    @property
    def is_denied(self) -> bool:
        return self.ruling.verdict is Outcome.DENY

    def is_satisfied(self, worth: Assurance) -> bool:
        """Whether a proof that is worth so much is enough."""
        return not self.is_denied and worth >= self.ruling.minimum


@dataclass(frozen=True)
class Wish:
    """Who wants in where: `name` is unique within the customer, a visit's or a transaction's id.

    `before_told` leaves out what only a script on our page can tell, when that has not run yet.
    """

    user: User
    name: str
    shown: Shown
    where: str
    site: Site | None = None
    before_told: bool = False
    at: datetime | None = None  # now


def assess(wish: Wish) -> Assessment | None:
    """Score and decide; the decision is kept under the wish's name, in one read and one write.

    None where nothing may be looked at (`switches.features_for`): then nothing is kept. Never raises: whatever fails,
    more proof is asked for.
    """
    return _safely(wish, _assess)


def conclude(wish: Wish, decision: UUID | None, worth: Assurance) -> Assessment | None:
    """Decide anew when somebody has answered rightly, by all that is shown by now; learn from it if that is enough.

    `decision` is the row that was written when they wanted in; one read and one write. The rest is as in `assess`.
    """
    return _safely(wish, lambda one, features: _conclude(one, features, decision, worth))


def prove(customer: Customer, name: str) -> bool:
    """Learn from the attempt that was decided under this name, once; one read and one write.

    A history that cannot be written does not undo the proof: the log tells.
    """
    try:
        return DatabaseStore(customer).teach(name)
    except Exception:
        log.exception("a proof was not learned from", customer=str(customer.pk))
        return False


def failure(
    customer: Customer, user: User | None, shown: Shown, *, where: str, site: UUID | None
) -> RiskDecision | None:
    """A wrong password or a refused proof, to be written by the caller: it counts against its source and its user.

    It teaches nothing. None where nothing may be looked at, and for a name of nobody's (no user), for which the same is
    read, so that it takes as long (S21). Never raises: a wrong answer is refused whatever becomes of its count.
    """
    try:
        with transaction.atomic():
            return _failure(customer, user, shown, where, site)
    except Exception:
        log.exception("a failure was not counted", customer=str(customer.pk))
        return None


def reasons_of(customer_id: UUID, name: str) -> list[Words]:
    """Why a decision asked for more, in words for the person whom it is about; at least one."""
    row = RiskDecision.objects.filter(customer=customer_id, name=name).first()
    return (explain.reasons_of(row) if row is not None else []) or [explain.UNLIKE]


def contact_of(customer_id: UUID, site_id: UUID | None) -> str:
    """Whom the policy names for who is refused; empty for the site's own help desk."""
    return deciding.in_force(customer_id, site_id, timezone.now()).contact


def fold_all() -> None:
    """Bring every customer's counts up to date; a customer of which nothing waits costs nothing."""
    waiting = RiskDecision.objects.filter(folded__lt=RiskDecision.Folded.LEARNED)
    for customer in Customer.objects.filter(pk__in=waiting.values("customer").distinct()):
        with transaction.atomic():
            DatabaseStore(customer).fold(int(timezone.now().timestamp()))


def keys_of(customer: Customer) -> Keys:
    """The keys of a customer's hashes, which are in no database: the oldest for all, and each by its id."""
    by_id = {key_id: crypto.mac("risk", str(customer.pk), key_id=key_id)[:16] for key_id in crypto.key_ids()}
    return Keys(bytes.fromhex(crypto.keyed_hash("risk", str(customer.pk))), by_id)


def _safely(wish: Wish, judge: Callable[[Wish, frozenset[str]], Assessment]) -> Assessment | None:
    try:
        with transaction.atomic():
            features = switches.features_for(wish.user)
            return judge(wish, features - TOLD if wish.before_told else features) if features else None
    except Exception:  # whatever it is: a sign-in must not be easier for it
        log.exception("a risk could not be assessed", customer=str(wish.user.customer_id))
        return Assessment(_without_answer(wish), reasons=(explain.UNLIKE,))


def _without_answer(wish: Wish) -> Ruling:
    """What the policy says where the engine failed; where that cannot be read either, the one that nobody wrote."""
    facts, at = Facts(address=wish.shown.address), timezone.now()
    try:
        with transaction.atomic():
            return _rule(wish, None, facts, at)
    except DatabaseError:
        log.exception("a risk policy could not be read", customer=str(wish.user.customer_id))
        return deciding.rule_on(RiskRules.of(DEFAULT), None, facts, at)


def _failure(customer: Customer, user: User | None, shown: Shown, where: str, site: UUID | None) -> RiskDecision | None:
    features = switches.features_of(customer.pk) - {switches.FINGERPRINT}  # of which a form that failed tells nothing
    if not features or (user is not None and not switches.may_look_at(user)):
        return None
    store, name, at = DatabaseStore(customer, begins=False), new_public_id(), timezone.now().timestamp()
    whose = str(user.pk if user is not None else new_id())
    if shown == NOTHING:
        failed = refused(name, whose, Attempt(int(at), {}, features))
    else:
        failed = Engine(store, keys_of(customer), features).failed(name, whose, reading.context(shown, at))
    return store.row(failed, where=where, site_id=site) if user is not None else None


def _assess(wish: Wish, features: frozenset[str]) -> Assessment:
    return _write(wish, _weighed(wish, features, locks=False))


def _conclude(wish: Wish, features: frozenset[str], decision: UUID | None, worth: Assurance) -> Assessment:
    found = _weighed(wish, features, locks=True)
    if decision is None:
        made = _write(wish, found)
        if made.is_satisfied(worth):
            found.store.teach(wish.name)
        return made
    row = found.row(wish)
    row.pk = decision
    made = Assessment(found.ruling, row, found.reasons)
    if made.is_satisfied(worth):
        found.store.learn(row, found.decision, found.loaded, RENEWED)
    else:
        write(Update(row, RENEWED))
    return made


@dataclass(frozen=True)
class _Weighed:
    """One attempt, scored and ruled on, and where it came from."""

    store: DatabaseStore
    decision: Decision
    loaded: Loaded
    ruling: Ruling
    facts: Facts

    @property
    def reasons(self) -> tuple[Words, ...]:
        return tuple(explain.reasons(self.decision.scored)) if self.ruling.verdict is not Outcome.ALLOW else ()

    def row(self, wish: Wish) -> RiskDecision:
        ruling = self.ruling
        return self.store.row(
            self.decision,
            site=wish.site,
            where=wish.where,
            band=str(ruling.band),
            verdict=str(ruling.verdict),
            minimum=int(ruling.minimum),
            would=str(ruling.would.outcome),
            rule=ruling.rule,
            rules=list(ruling.rules),
            notice=ruling.notice,
            spared=ruling.spared,
            report_only=ruling.report_only,
            version=ruling.version,
            country=self.facts.country,
            facts=self.facts.to_json(),
            dropped=wish.shown.dropped,
        )


def _write(wish: Wish, found: _Weighed) -> Assessment:
    row = found.row(wish)
    write(Insert(row))
    return Assessment(found.ruling, row, found.reasons)


def _weighed(wish: Wish, features: frozenset[str], *, locks: bool) -> _Weighed:
    at = wish.at or timezone.now()
    store = DatabaseStore(wish.user.customer, locks=locks)
    context = reading.context(wish.shown, at.timestamp())
    decision, loaded = Engine(store, keys_of(wish.user.customer), features).weigh(wish.name, str(wish.user.pk), context)
    country = context.country[:2] if "location" in features else ""
    facts = _facts(wish.shown, context, decision, loaded.profile, country)
    return _Weighed(store, decision, loaded, _rule(wish, decision.scored, facts, at), facts)


def _rule(wish: Wish, scored: Scored | None, facts: Facts, at: datetime) -> Ruling:
    site = wish.site.pk if wish.site is not None else None
    return deciding.decide(wish.user.customer_id, site, wish.user.pk, scored, facts, at)


def _facts(shown: Shown, context: Context, decision: Decision, profile: Profile, country: str) -> Facts:
    """What rules look at. A kind of data that is switched off cannot be told; lists of addresses work always."""
    marks = decision.attempt.marks
    browsers, browser = profile.values.get("browser", {}), marks.get("browser")
    is_new = None if browser is None else browser.own not in browsers
    asn = context.asn if "ip_address" in decision.attempt.features else None
    zone = marks.get("zone")
    return Facts(
        address=context.address,
        asn=asn,
        kinds=networks.kinds_of(context.address, asn),
        country=country,
        devices=len(browsers),
        is_new_device=False if shown.knows_device else is_new,
        offset=decision.attempt.offset if zone is not None and zone.own in profile.values.get("zone", {}) else None,
        careful=Assurance(profile.careful(decision.attempt.at)),
    )
