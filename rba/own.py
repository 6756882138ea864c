"""What a person does about their own risk history: says whose a sign-in was, looks at what is held, erases it."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit, crypto
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import User
from rba.contract import Outcome
from rba.crowd import Lesson
from rba.database import DatabaseStore, attempt_of
from rba.events import SOURCES
from rba.features import LEVELS
from rba.models import RiskDecision, RiskProfile
from rba.profile import Profile, forget, unlearn

CAREFUL = timedelta(days=14)  # strong proof is asked for so long after a report or an erasure
RECENT = timedelta(hours=72)  # a risky sign-in so lately makes an erasure wait,
WAIT = timedelta(hours=72)  # so long: whoever is not the owner must not wipe traces before the owner has heard
REPORTS = 4  # names that failed at a source: so much a report counts against it


@dataclass(frozen=True)
class History:
    """What is held of a person, in figures: how many proved sign-ins, since when, how many values of each level."""

    proofs: int
    since: datetime | None
    latest: datetime | None
    values: dict[str, int]  # by level, coarse to fine
    decisions: int
    erase_at: datetime | None
    careful_until: datetime | None


@transaction.atomic
def not_mine(decision: RiskDecision, best: Assurance, at: datetime | None = None) -> None:
    """Somebody else's: what it taught is taken back, its source counts as failing, and the person is met with caution.

    Idempotent where the caller says it once.
    """
    at = at or timezone.now()
    row = RiskProfile.objects.select_for_update().filter(user=decision.user_id).first()
    if row is None:
        return
    profile = Profile.from_json(row.history)
    attempt = attempt_of(decision.attempt)
    if decision.taught_at is not None:
        unlearn(profile, attempt)
    _be_careful(profile, best, at)
    row.history, row.changed_at = profile.to_json(), at
    row.save(update_fields=["history", "changed_at"])
    bad = [Lesson(f"bad:{level}", attempt.marks[level].crowd) for level in SOURCES if level in attempt.marks]
    DatabaseStore(decision.customer).hold_against(bad * REPORTS, int(at.timestamp()))


def mine(decision: RiskDecision) -> bool:
    """The person's own: it teaches as if it had been proved there and then. False where it had taught already."""
    return DatabaseStore(decision.customer).teach(decision.name)


def careful_after(user: User, best: Assurance, at: datetime | None = None) -> None:
    """Meet a person with caution for a while, without a decision to take back."""
    at = at or timezone.now()
    row = RiskProfile.objects.select_for_update().filter(user=user).first()
    if row is not None:
        profile = Profile.from_json(row.history)
        _be_careful(profile, best, at)
        row.history = profile.to_json()
        row.save(update_fields=["history"])


def history(user: User) -> History | None:
    """What is held of somebody; None where there is nothing."""
    row = RiskProfile.objects.filter(user=user).first()
    decisions = RiskDecision.objects.filter(user=user, customer=user.customer_id)[:1001].count()
    if row is None:
        return None
    profile = Profile.from_json(row.history)
    return History(
        proofs=profile.proofs,
        since=_day(profile.first),
        latest=_day(profile.day),
        values={level: len(profile.values[level]) for level in LEVELS if profile.values.get(level)},
        decisions=decisions,
        erase_at=row.erase_at,
        careful_until=_moment(profile.careful_until),
    )


def must_wait(user: User, at: datetime) -> bool:
    """Whether a sign-in of the last days looked risky, so that erasing waits."""
    since = int((at - RECENT).timestamp())
    recent = RiskDecision.objects.filter(user=user, customer=user.customer_id, at__gte=since)
    return recent.exclude(would=Outcome.ALLOW).exclude(band__in=("new", "")).exists()


@transaction.atomic
def erase(user: User, best: Assurance, by: Actor, at: datetime | None = None) -> datetime | None:
    """Erase the history now, or after a wait, whose end is answered. Asked twice, the first wait holds."""
    at = at or timezone.now()
    row = RiskProfile.objects.select_for_update().filter(user=user).first()
    if row is None:
        return None
    if row.erase_at is not None:
        return row.erase_at
    if must_wait(user, at):
        profile = Profile.from_json(row.history)
        _be_careful(profile, best, at)
        row.history, row.erase_at = profile.to_json(), at + WAIT
        row.save(update_fields=["history", "erase_at"])
        audit.record("risk.erasure_waits", by, user.customer, user)
        return row.erase_at
    _erase(row, best, by, at)
    return None


@transaction.atomic
def keep(user: User, by: Actor) -> bool:
    """Call off an erasure that waits; False where none does."""
    called_off = RiskProfile.objects.filter(user=user).exclude(erase_at=None).update(erase_at=None)
    if called_off:
        audit.record("risk.erasure_called_off", by, user.customer, user)
    return bool(called_off)


def erase_due(best_of: Callable[[User], Assurance], at: datetime | None = None) -> list[User]:
    """Carry out the erasures whose wait is over; whose. `best_of` tells how strong a proof somebody has."""
    at = at or timezone.now()
    done: list[User] = []
    for pk in list(RiskProfile.objects.filter(erase_at__lte=at).values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = RiskProfile.objects.select_for_update().filter(pk=pk, erase_at__lte=at).first()
            if row is not None:
                _erase(row, best_of(row.user), audit.SYSTEM, at)
                done.append(row.user)
    return done


@transaction.atomic
def forget_kind(users: Iterable[User], kind: str) -> None:
    """Forget what was kept of one kind of data of these people, in their histories and in decisions about them."""
    levels = [level for level, (feature, _level) in LEVELS.items() if feature == kind]
    for user in users:
        row = RiskProfile.objects.select_for_update().filter(user=user).first()
        if row is not None:
            profile = Profile.from_json(row.history)
            for level in levels:
                forget(profile, level)
            row.history = profile.to_json()
            row.save(update_fields=["history"])
        decisions = RiskDecision.objects.select_for_update().filter(user=user, customer=user.customer_id)
        for decision in decisions.filter(attempt__marks__has_any_keys=levels).only("attempt"):
            for level in levels:
                decision.attempt["marks"].pop(level, None)
            decision.save(update_fields=["attempt"])


def _erase(row: RiskProfile, best: Assurance, by: Actor, at: datetime) -> None:
    """A new salt: nothing links what was to what comes. What is left is that caution is due."""
    profile = Profile()
    _be_careful(profile, best, at)
    row.salt, row.history = secrets.token_bytes(16), profile.to_json()
    row.changed_at, row.erase_at, row.key_id = at, None, crypto.newest_key_id()
    row.save(update_fields=["salt", "key_id", "history", "changed_at", "erase_at"])
    RiskDecision.objects.filter(user=row.user_id, customer=row.customer_id).delete()
    audit.record("risk.history_erased", by, row.customer, row.user)


def _be_careful(profile: Profile, best: Assurance, at: datetime) -> None:
    """Never shorter and never weaker than what is due already; not stronger than anything the person has."""
    profile.careful_minimum = max(
        profile.careful(int(at.timestamp())), int(max(Assurance.WEAK, min(best, Assurance.AAL2)))
    )
    profile.careful_until = max(profile.careful_until, int((at + CAREFUL).timestamp()))


def _day(day: int) -> datetime | None:
    return _moment(day * 86400)


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, timezone.get_current_timezone()) if seconds else None
