"""Histories and counts in PostgreSQL: one statement to read and one to write for a decision."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import crypto
from accounts.models import Customer
from accounts.together import Insert, Update, write
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
LEARNED = ("history", "key_id", "changed_at")
HASH = 2 * BYTES  # the length of a key that stands for a value; others are few, and all of them are read

READ = """
SELECT
  (SELECT jsonb_build_array(encode(salt, 'hex'), history, key_id)
     FROM rba_riskprofile WHERE user_id = %(user)s {lock}),
  (SELECT jsonb_agg(jsonb_build_array(level, key, seen, hits, day, tags))
     FROM (SELECT * FROM rba_riskcount WHERE customer_id = %(customer)s AND usual
           UNION ALL
           SELECT rba_riskcount.* FROM rba_riskcount
             JOIN unnest(string_to_array(%(levels)s, ','), string_to_array(%(keys)s, ','))
                  AS asked(level, key) USING (level, key)
            WHERE customer_id = %(customer)s AND NOT usual) AS found),
  (SELECT jsonb_agg(jsonb_build_array(at, failed, shown))
     FROM (SELECT at, failed, (SELECT jsonb_object_agg(source, attempt->'marks'->source->0)
                                 FROM unnest(string_to_array(%(sources)s, ',')) AS source
                                WHERE attempt->'marks' ? source) AS shown FROM rba_riskdecision
            WHERE user_id = %(user)s AND taught_at IS NULL AND at > %(since)s
            ORDER BY at DESC LIMIT %(pasts)s) AS past)
"""
ONLY_READ, LOCKED = READ.format(lock=""), READ.format(lock="FOR NO KEY UPDATE")
UNTAUGHT = """
SELECT decision.id, decision.user_id, decision.outcome, decision.attempt, decision.expected,
       profile.history, profile.key_id
  FROM rba_riskdecision AS decision JOIN rba_riskprofile AS profile USING (user_id)
 WHERE decision.customer_id = %(customer)s AND decision.name = %(name)s AND NOT decision.failed
   AND decision.taught_at IS NULL
   FOR NO KEY UPDATE
"""


class DatabaseStore:
    """The histories and counts of one customer; users are named by their ids.

    `locks` keeps the user's history as it was read until the database transaction ends, for whoever will teach it.
    `begins` tells whether somebody without a history gets one: a failure begins none.
    A history under a root key that is gone cannot be read any more: it begins anew, under the newest.
    """

    def __init__(self, customer: Customer, *, locks: bool = False, begins: bool = True) -> None:
        self._customer, self._begins = customer, begins
        self._read = LOCKED if locks else ONLY_READ

    def load(self, user: str, crowd: Mapping[str, str], at: int = 0) -> Loaded:
        asked = list(_asked(crowd))
        with connection.cursor() as cursor:
            cursor.execute(
                self._read,
                {
                    "user": user,
                    "customer": self._customer.pk,
                    "levels": ",".join(level for level, _key in asked),
                    "keys": ",".join(key for _level, key in asked),
                    "since": at - 86400,
                    "pasts": PASTS,
                    "sources": ",".join(SOURCES),
                },
            )
            profile, counts, past = (_json(column) for column in cursor.fetchone())
        salt, history, key_id = profile or (None, {}, "")
        history, key_id = _readable(history, key_id)
        found = Counts(at // 86400, {(level, key): _count(*one) for level, key, *one in counts or ()})
        return Loaded(
            Profile.from_json(history),
            bytes.fromhex(salt) if salt else self._salt(user, key_id),
            found,
            [Past(at, failed, shown or {}) for at, failed, shown in past or ()],
            key_id,
        )

    def record(self, decision: Decision) -> None:
        write(Insert(self.row(decision)))

    def row(self, decision: Decision, **noted: Any) -> RiskDecision:
        """A decision as it is kept, not written yet."""
        return RiskDecision(
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
            **noted,
        )

    @transaction.atomic
    def teach(self, decision: str) -> bool:
        """One read, which locks the decision and its profile, and one write: two proofs at once both count."""
        with connection.cursor() as cursor:
            cursor.execute(UNTAUGHT, {"customer": self._customer.pk, "name": decision})
            found = cursor.fetchone()
        if found is None:
            return False
        pk, user_id, outcome, attempt, expected, history, key_id = found
        history, key_id = _readable(_json(history), key_id)
        learned = Profile.from_json(history)
        teach(learned, attempt_of(_json(attempt)), _json(expected), doubted=outcome == Outcome.DENY)
        now = timezone.now()
        profile = RiskProfile(user_id=user_id, history=learned.to_json(), key_id=key_id, changed_at=now)
        write(Update(RiskDecision(pk=pk, taught_at=now), ("taught_at",)), Update(profile, LEARNED))
        return True

    def learn(self, row: RiskDecision, decision: Decision, loaded: Loaded, fields: tuple[str, ...]) -> None:
        """Teach a decision as these `fields` of its row are written; the history was locked as it was read."""
        teach(loaded.profile, decision.attempt, decision.expected, doubted=decision.outcome is Outcome.DENY)
        row.taught_at = timezone.now()
        profile = RiskProfile(user_id=decision.user, history=loaded.profile.to_json(), key_id=loaded.key_id)
        profile.changed_at = row.taught_at
        write(Update(row, (*fields, "taught_at")), Update(profile, LEARNED))

    @transaction.atomic
    def fold(self, at: int) -> None:
        """One at a time for a customer, so that two never write the same counts in another order."""
        self._wait_for_turn()
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
            home = homes.get(row.user_id)  # who only ever failed has none
            lessons += unproved(_decision(row), Profile.from_json(home.history if home is not None else {}))
        self._add(lessons, at // 86400)
        rows.filter(pk__in=[row.pk for row in learned]).update(folded=RiskDecision.Folded.LEARNED)
        rows.filter(pk__in=[row.pk for row in late]).update(folded=RiskDecision.Folded.UNPROVED)

    @transaction.atomic
    def hold_against(self, lessons: Iterable[Lesson], at: int) -> None:
        """Add to the customer's counts what somebody reported, in turn with `fold`."""
        self._wait_for_turn()
        self._add(lessons, at // 86400)

    def _wait_for_turn(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rba'), hashtext(%s))", [str(self._customer.pk)])

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

    def _salt(self, user: str, key_id: str) -> bytes:
        """The salt of somebody who has none yet. Of two first attempts at once both get the same."""
        if not self._begins:
            return secrets.token_bytes(16)
        RiskProfile.objects.bulk_create(
            [RiskProfile(user_id=user, customer=self._customer, salt=secrets.token_bytes(16), key_id=key_id)],
            ignore_conflicts=True,
        )
        return bytes(RiskProfile.objects.values_list("salt", flat=True).get(user_id=user))


def _asked(crowd: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The counts that a decision looks up by the hash of a value."""
    for level, key in crowd.items():
        yield f"value:{level}", key
        if level in SOURCES:
            yield f"bad:{level}", key
        kind = LEVELS[level][1]
        coarser = next((one for one in kind.within if one in crowd), None)
        if coarser is not None:
            yield f"mass:{level}", crowd[coarser]
            yield f"new:{level}", crowd[coarser]
        for other in kind.amid:
            if other in crowd:
                yield f"new:{level}", crowd[other]


def _readable(history: Any, key_id: str) -> tuple[Any, str]:
    """A history and the root key of its hashes; an empty one and the newest key where that is gone."""
    return (history, key_id) if history and (not key_id or key_id in crypto.key_ids()) else ({}, crypto.newest_key_id())


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


def attempt_of(stored: Mapping[str, Any]) -> Attempt:
    """An attempt out of a decision as it is kept."""
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
    return Decision(
        row.name, str(row.user_id), attempt_of(row.attempt), scored, Outcome(row.outcome), failed=row.failed
    )
