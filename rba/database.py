"""Histories and counts in PostgreSQL: one statement to read and one to write for a decision."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Customer
from rba.contract import Attempt, Mark, Outcome, Scored
from rba.crowd import Count, Counts, Lesson
from rba.events import OPEN, SOURCES, Past
from rba.features import LEVELS
from rba.keys import BYTES
from rba.models import RiskCount, RiskDecision, RiskProfile
from rba.profile import Profile, teach
from rba.score import BASE, ENGINE
from rba.store import PASTS, Decision, Loaded, unproved

FOLDED_AT_ONCE = 2000
HASH = 2 * BYTES  # the length of a key that stands for a value; others are few, and all of them are read

READ = """
SELECT
  (SELECT jsonb_build_array(encode(salt, 'hex'), history) FROM rba_riskprofile WHERE user_id = %(user)s),
  (SELECT jsonb_agg(jsonb_build_array(level, key, seen, hits, day, tags))
     FROM (SELECT * FROM rba_riskcount WHERE customer_id = %(customer)s AND usual
           UNION ALL
           SELECT rba_riskcount.* FROM rba_riskcount
             JOIN unnest(%(levels)s::text[], %(keys)s::text[]) AS asked(level, key) USING (level, key)
            WHERE customer_id = %(customer)s AND NOT usual) AS found),
  (SELECT jsonb_agg(jsonb_build_array(at, failed, shown))
     FROM (SELECT at, failed, (SELECT jsonb_object_agg(source, attempt->'marks'->source->0)
                                 FROM unnest(%(sources)s::text[]) AS source
                                WHERE attempt->'marks' ? source) AS shown FROM rba_riskdecision
            WHERE user_id = %(user)s AND taught_at IS NULL AND at > %(since)s
            ORDER BY at DESC LIMIT %(pasts)s) AS past)
"""


class DatabaseStore:
    """The histories and counts of one customer; users are named by their ids."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def load(self, user: str, crowd: Mapping[str, str], at: int = 0) -> Loaded:
        asked = list(_asked(crowd))
        with connection.cursor() as cursor:
            cursor.execute(
                READ,
                {
                    "user": user,
                    "customer": self._customer.pk,
                    "levels": [level for level, _key in asked],
                    "keys": [key for _level, key in asked],
                    "since": at - 86400,
                    "pasts": PASTS,
                    "sources": list(SOURCES),
                },
            )
            profile, counts, past = (_json(column) for column in cursor.fetchone())
        salt, history = (bytes.fromhex(profile[0]), profile[1]) if profile else (self._salt(user), {})
        found = Counts(at // 86400, {(level, key): _count(*one) for level, key, *one in counts or ()})
        return Loaded(
            Profile.from_json(history), salt, found, [Past(at, failed, shown or {}) for at, failed, shown in past or ()]
        )

    def record(self, decision: Decision) -> None:
        RiskDecision.objects.create(
            name=decision.id,
            customer=self._customer,
            user_id=decision.user,
            at=decision.attempt.at,
            engine=ENGINE,
            failed=decision.failed,
            attempt=_stored(decision.attempt),
            lessons=[list(lesson) for lesson in decision.lessons],
            expected=dict(decision.expected),
            score=decision.scored.score,
            total=decision.scored.total,
            base=decision.scored.base,
            parts=decision.scored.parts,
            findings=[[one.feature, one.level, one.how, one.points] for one in decision.scored.findings],
            levels=dict(decision.levels),
            outcome=decision.outcome,
        )

    @transaction.atomic
    def teach(self, decision: str) -> bool:
        """The profile's row is locked first, so that two proofs at once both count."""
        row = RiskDecision.objects.filter(customer=self._customer, name=decision).first()
        if row is None or row.failed:
            return False
        profile = RiskProfile.objects.select_for_update().get(user_id=row.user_id)
        if not RiskDecision.objects.filter(pk=row.pk, taught_at=None).update(taught_at=timezone.now()):
            return False
        learned = Profile.from_json(profile.history)
        teach(learned, _attempt(row.attempt), row.expected, doubted=row.outcome == Outcome.DENY)
        profile.history = learned.to_json()
        profile.changed_at = timezone.now()
        profile.save(update_fields=["history", "changed_at"])
        return True

    @transaction.atomic
    def fold(self, at: int) -> None:
        """One at a time for a customer, so that two never write the same counts in another order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rba'), hashtext(%s))", [str(self._customer.pk)])
        rows = RiskDecision.objects.filter(customer=self._customer, folded__lt=RiskDecision.Folded.LEARNED)
        learned = list(rows.exclude(taught_at=None).order_by("at", "pk")[:FOLDED_AT_ONCE])
        late = list(
            rows.filter(taught_at=None, folded=RiskDecision.Folded.NOTHING, at__lte=at - OPEN).order_by("at", "pk")[
                :FOLDED_AT_ONCE
            ]
        )
        lessons = [Lesson(*lesson) for row in learned for lesson in row.lessons]
        homes = RiskProfile.objects.in_bulk({row.user_id for row in late})
        for row in late:
            lessons += unproved(_decision(row), Profile.from_json(homes[row.user_id].history))
        self._add(lessons, at // 86400)
        rows.filter(pk__in=[row.pk for row in learned]).update(folded=RiskDecision.Folded.LEARNED)
        rows.filter(pk__in=[row.pk for row in late]).update(folded=RiskDecision.Folded.UNPROVED)

    def _add(self, lessons: Iterable[Lesson], day: int) -> None:
        lessons = list(lessons)
        keys = {(lesson.level, lesson.key) for lesson in lessons}
        held = RiskCount.objects.filter(
            customer=self._customer, level__in={level for level, _ in keys}, key__in={key for _, key in keys}
        )
        counts = Counts(day, {(one.level, one.key): _count(one.seen, one.hits, one.day, one.tags) for one in held})
        counts.fold(lessons, day)
        rows = [
            RiskCount(
                customer=self._customer,
                level=level,
                key=key,
                usual=len(key) != HASH,
                seen=one.count,
                hits=one.hits,
                day=one.day,
                tags=None if one.tags is None else sorted(one.tags),
            )
            for (level, key), one in sorted(counts.counts.items())
            if (level, key) in keys
        ]
        RiskCount.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["customer", "level", "key"],
            update_fields=["seen", "hits", "day", "tags"],
        )

    def _salt(self, user: str) -> bytes:
        """The salt of somebody who has none yet. Of two first attempts at once both get the same."""
        RiskProfile.objects.bulk_create(
            [RiskProfile(user_id=user, customer=self._customer, salt=secrets.token_bytes(16))], ignore_conflicts=True
        )
        return bytes(RiskProfile.objects.values_list("salt", flat=True).get(user_id=user))


def _asked(crowd: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The counts that a decision looks up by the hash of a value."""
    for level, key in crowd.items():
        yield f"value:{level}", key
        if level in SOURCES:
            yield f"bad:{level}", key
        for coarser in LEVELS[level][1].within:
            if coarser in crowd:
                yield f"mass:{level}", crowd[coarser]
                yield f"new:{level}", crowd[coarser]


def _json(column: Any) -> Any:
    return json.loads(column) if isinstance(column, str) else column


def _count(seen: float, hits: float, day: int, tags: list[str] | None) -> Count:
    return Count(seen, hits, day, None if tags is None else frozenset(tags))


def _stored(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at,
        "marks": {level: list(mark) for level, mark in attempt.marks.items()},
        "features": sorted(attempt.features),
        "offset": attempt.offset,
        "version": attempt.version,
        "place": attempt.place,
    }


def _attempt(stored: Mapping[str, Any]) -> Attempt:
    return Attempt(
        at=stored["at"],
        marks={level: Mark(*stored["marks"][level]) for level in LEVELS if level in stored["marks"]},
        features=frozenset(stored["features"]),
        offset=stored["offset"],
        version=stored["version"],
        place=(stored["place"][0], stored["place"][1]) if stored["place"] else None,
    )


def _decision(row: RiskDecision) -> Decision:
    scored = Scored(row.score, row.total, BASE, row.parts)
    return Decision(row.name, str(row.user_id), _attempt(row.attempt), scored, Outcome(row.outcome), failed=row.failed)
