"""Consent to what is optional: given, proven, taken back as easily. The fact for lower apps is on the user's row."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import audit
from accounts.audit import Actor
from accounts.datamap import EVERYBODY, MEMBERS
from accounts.models import Membership, User
from privacy import texts
from privacy.models import Consent, NewsReader, Objection, PageUse
from privacy.models.agreements import Way
from privacy.purposes import FINGERPRINT, NEWS, PERSONALISATION, PURPOSES, Purpose
from privacy.verbs import suppressing
from rba import own


class NotForThem(Exception):
    """This purpose is not one that this person is asked about."""


@dataclass(frozen=True)
class Choice:
    """One purpose as a person sees it: the consent that holds, if any, and whether the question is another one now."""

    purpose: Purpose
    consent: Consent | None
    is_asked_again: bool


def offered(user: User) -> list[Purpose]:
    """What this person can say yes to: of news and a start page of their own, who has no dashboard has no use."""
    asked = {EVERYBODY}
    if Membership.objects.filter(user=user).exists():
        asked.add(MEMBERS)
    return [one for one in PURPOSES.values() if one.asked in asked]


def choices(user: User) -> list[Choice]:
    """Every purpose that this person is asked about, and how each stands. Nothing is preset."""
    mine = Consent.objects.filter(user=user).order_by("pk")
    newest = {one.purpose: one for one in mine}
    found = []
    for purpose in offered(user):
        last = newest.get(purpose.key)
        held = last if last is not None and last.holds else None
        again = last is not None and not last.holds and last.withdrawn_way == Way.VERSION
        found.append(Choice(purpose, held, again))
    return found


@transaction.atomic
def give(user: User, purpose: str, by: Actor, *, way: str = Way.OWN) -> Consent:
    """Record a yes, with the question as it was read just now. Raises NotForThem.

    The user's row is locked, so of two answers at once there is one consent. Who asks for news takes an earlier
    objection of this address back with it.
    """
    asked = {one.key: one for one in offered(user)}.get(purpose)
    if asked is None:
        raise NotForThem
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = Consent.objects.filter(user=locked, purpose=purpose, withdrawn_at=None).first()
    if known is not None:
        return known
    question = str(asked.question)
    made = Consent.objects.create(
        customer_id=locked.customer_id,
        user=locked,
        person=locked.pk,
        purpose=purpose,
        wording=asked.wording,
        question=question,
        text_hash=texts.digest(question),
        language=get_language() or "",
        way=way,
    )
    if purpose == NEWS:
        Objection.objects.filter(digest=suppressing.digest(locked.email)).delete()
        members = Membership.objects.filter(user=locked)
        NewsReader.objects.bulk_create([NewsReader(membership=one, consent=made) for one in members])
    _note(locked)
    user.consented = locked.consented
    facts = {"purpose": purpose, "wording": asked.wording, "way": str(way)}
    audit.record("privacy.consented", by, user.customer, made, person=user.pk, facts=facts)
    return made


@transaction.atomic
def take_back(user: User, purpose: str, by: Actor, *, way: str = Way.OWN) -> bool:
    """End a consent and what rested on it, at once; False when there was none."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = Consent.objects.filter(user=locked, purpose=purpose, withdrawn_at=None)
    row = held.first()
    if row is None:
        return False
    held.update(withdrawn_at=timezone.now(), withdrawn_way=way)
    _end([locked], purpose)
    _note(locked)
    user.consented = locked.consented
    facts = {"purpose": purpose, "way": str(way)}
    audit.record("privacy.consent_withdrawn", by, user.customer, row, person=user.pk, facts=facts)
    return True


def end_by_version(changed: Iterable[str]) -> int:
    """End the consents whose purpose is another one now, inside the caller's transaction; each person is asked anew."""
    keys = [key for key in changed if key in PURPOSES]
    people = Consent.objects.filter(purpose__in=keys, withdrawn_at=None, user__isnull=False).values("user")
    ids = sorted(people.values_list("user", flat=True).distinct())
    for start in range(0, len(ids), 500):
        some = list(User.objects.select_for_update(no_key=True).filter(pk__in=ids[start : start + 500]).order_by("pk"))
        rows = Consent.objects.filter(user__in=some, purpose__in=keys, withdrawn_at=None)
        rows.update(withdrawn_at=timezone.now(), withdrawn_way=Way.VERSION)
        for user in some:
            user.consented = [key for key in user.consented if key not in keys]
        User.objects.bulk_update(some, ["consented"])
        for key in keys:
            _end(some, key)
    return len(ids)


def _end(users: list[User], purpose: str) -> None:
    """Delete what was held of them for a purpose alone."""
    if purpose == NEWS:
        NewsReader.objects.filter(membership__user__in=users).delete()
    elif purpose == PERSONALISATION:
        PageUse.objects.filter(membership__user__in=users).delete()
    elif purpose == FINGERPRINT:
        own.forget_kind(users, FINGERPRINT)


def _note(user: User) -> None:
    """Write the fact that lower apps read: the purposes that hold."""
    held = Consent.objects.filter(user=user, withdrawn_at=None).values_list("purpose", flat=True)
    user.consented = sorted(held)
    user.save(update_fields=["consented"])
