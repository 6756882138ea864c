"""Risk for a site that asks by itself: what it tells of a browser is weighed, evaluated once, and remembered."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import crypto
from accounts.http import NOWHERE
from accounts.ids import new_public_id
from accounts.models import Customer, Site, User
from mfa import policies
from mfa.contract import Method
from mfa.models import RiskSession, Transaction
from mfa.policies import Decided, Effective, Rule
from mfa.verbs import notices, risking, trusting
from mfa.verbs.risking import Where
from rba import reading
from rba import verbs as rba
from rba.contract import Outcome
from rba.models import RiskDecision
from rba.reading import Shown
from rba.rules import Band
from rba.verbs import Assessment, Wish

LASTS = timedelta(minutes=15)
REMEMBERED_DAYS = 30  # where no policy says for how long
DEVICE_LEVELS = ("fingerprint", "agent")  # by which a browser is known again, the first that it shows


class Answer(StrEnum):
    """What becomes of a sign-in that a site asked about."""

    LET_IN = "let_in"  # a remembered device, and nothing unusual
    PROVE = "prove"  # a second factor; then the device may be remembered
    REFUSE = "refuse"
    UNKNOWN = "unknown"  # no such session


def open_session(user: User, site: Site, values: Mapping[str, object], dropped: int) -> RiskSession:
    """Weigh what a site tells of a browser; nothing of it is kept but the decision."""
    session = RiskSession(customer=user.customer, site=site, user=user)
    shown = reading.of_values(values, dropped)
    found = risking.assess(Wish(user, session.public_id, shown, Where.DIALECT, site))
    if found is not None:
        session.verdict, session.would = found.ruling.verdict, found.ruling.would.outcome
        session.band, session.device = found.ruling.band, _device(user, found.row)
    session.save(force_insert=True)
    return session


@transaction.atomic
def evaluate(user: User, site: Site, public_id: str) -> Answer:
    """What is to happen with a session. A device that is remembered is let in only while nothing speaks against it."""
    session = _locked(user, site, public_id)
    if session is None:
        return Answer.UNKNOWN
    session.evaluated_at = timezone.now()
    session.save(update_fields=["evaluated_at"])
    if session.verdict == Outcome.DENY:
        return Answer.REFUSE
    is_quiet = session.band == Band.LOW and session.would == session.verdict == Outcome.ALLOW
    rules = policies.effective(user.customer, site, user)
    if is_quiet and session.device and trusting.is_trusted(user, site, session.device, _remembering(rules)):
        return Answer.LET_IN
    return Answer.PROVE


@transaction.atomic
def remember(user: User, site: Site, public_id: str) -> bool:
    """Remember the device of a session that was evaluated, if its user has proved themselves at this site since."""
    session = _locked(user, site, public_id)
    if session is None or session.evaluated_at is None or session.registered_at is not None or not session.device:
        return False
    proved = Transaction.objects.filter(
        user=user,
        site=site,
        state=Transaction.State.APPROVED,
        purpose=Transaction.Purpose.SIGN_IN,
        closed_at__gt=session.evaluated_at,
    )
    rules = _remembering(policies.effective(user.customer, site, user))
    if not proved.exists() or trusting.trust(user, site, rules, NOWHERE, named=session.device) is None:
        return False
    session.registered_at = timezone.now()
    session.save(update_fields=["registered_at"])
    rba.prove(user.customer, session.public_id)
    return True


def weigh(user: User, site: Site | None, shown: Shown, where: str) -> Assessment | None:
    """Weigh a sign-in that is about to be asked for a proof; `attach` names the transaction once there is one."""
    return risking.assess(Wish(user, new_public_id(), shown, where, site))


def keep(found: Assessment) -> None:
    """Keep the decision of a call that was stopped, which took it back, and tell whom it is about."""
    if found.row is not None:
        RiskDecision.objects.bulk_create([found.row], ignore_conflicts=True)
        if found.ruling.notice:
            notices.risky(found.row)


def suffices(found: Assessment | None, method: Method) -> bool:
    """Whether a proof of this method would be enough."""
    return found is None or found.is_satisfied(risking.worth_of(method))


def waiting(user: User, site: Site | None, pk: UUID) -> RiskDecision | None:
    """What a program had weighed for this user at this site, while a proof may still teach it."""
    since = int((timezone.now() - LASTS).timestamp())
    rows = RiskDecision.objects.filter(customer=user.customer_id, user=user, site=site, where=Where.API, failed=False)
    return rows.filter(pk=pk, taught_at=None, at__gt=since).first()


def attach(row: RiskDecision | None, txn: Transaction) -> None:
    """Let the proof of a transaction teach what was weighed for it."""
    if row is not None:
        RiskDecision.objects.filter(pk=row.pk).update(name=txn.public_id)
        Transaction.objects.filter(pk=txn.pk).update(is_weighed=True)
        txn.is_weighed = True


def learn(found: Assessment | None, customer: Customer) -> None:
    """Learn from what was weighed for an answer that passed."""
    if found is not None and found.row is not None:
        rba.prove(customer, found.row.name)


def _locked(user: User, site: Site, public_id: str) -> RiskSession | None:
    rows = RiskSession.objects.select_for_update(no_key=True).order_by()
    mine = rows.filter(user=user, site=site, public_id=public_id[:22], created_at__gt=timezone.now() - LASTS)
    return mine.first()


def _device(user: User, row: RiskDecision | None) -> str:
    """The keyed hash of what tells this browser from the user's others; empty where nothing does."""
    marks: dict[str, Any] = row.attempt["marks"] if row is not None else {}
    found = next((marks[level][0] for level in DEVICE_LEVELS if level in marks), "")
    return crypto.keyed_hash("device of a site", str(user.pk), found) if found else ""


def _remembering(rules: Effective) -> Effective:
    """The rules with days to remember where no policy names any: the site has asked the person by itself."""
    if rules.rules[Rule.REMEMBER_DAYS].by is not None:
        return rules
    return Effective({**rules.rules, Rule.REMEMBER_DAYS: Decided(REMEMBERED_DAYS)})
