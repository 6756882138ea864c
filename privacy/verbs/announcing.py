"""Telling people of a significant new version: a notice on their pages and a mail, once each, in batches."""

from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts import audit, legal
from accounts.messages import verbs as messages
from accounts.models import Customer, Message, User
from accounts.verbs.customers import operator
from accounts.verbs.people import end_users
from privacy import policy, texts
from privacy.models import Notice, Text, Version
from privacy.verbs import consenting, publishing

log = structlog.get_logger()
BATCH = 200
BATCHES = 25  # a run tells at most 5,000 people of each version; the next one goes on


def announce_due() -> int:
    """Go on telling people of what was published; how many were told. Each batch is a transaction of its own."""
    due = Version.objects.filter(is_significant=True, announced_at=None, number__gt=0).order_by("published_at")
    return sum(announce(pk) for pk in list(due.values_list("pk", flat=True)[:20]))


def announce(version_id: UUID) -> int:
    """Tell everybody concerned who was not told yet. Killed at any moment it goes on where it was, and tells once."""
    told = 0
    for _batch in range(BATCHES):
        count = _tell_some(version_id)
        told += count
        if count < BATCH:
            break
    return told


@transaction.atomic
def _tell_some(version_id: UUID) -> int:
    rows = Version.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("customer")
    version = rows.filter(pk=version_id, announced_at=None).first()
    if version is None:
        return 0
    people = list(concerned(version).exclude(pk__in=Notice.objects.filter(version=version).values("user"))[:BATCH])
    for user in people:
        Notice.objects.create(customer_id=user.customer_id, user=user, version=version, message=_mail(version, user))
    if len(people) < BATCH:
        version.announced_at = timezone.now()
        version.save(update_fields=["announced_at"])
        log.info("everybody was told of a version", version=str(version.pk))
    return len(people)


def concerned(version: Version) -> QuerySet[User]:
    """Whom a version is about: of terms a customer's end users, of the privacy notice who manages accounts, and staff.

    Whose data is restricted is written to about their own requests alone.
    """
    if version.document == Version.Document.TERMS:
        people = end_users(version.customer)
    else:
        mine = Q(memberships__isnull=False) | Q(is_staff=True)
        people = User.objects.living().filter(mine, customer=version.customer).distinct()
    return people.filter(restricted_at=None, created_at__lt=version.published_at).order_by("pk")


def _mail(version: Version, user: User) -> Message | None:
    """The mail, or None for who has no address; its row tells whether it arrived."""
    if not user.email:
        return None
    language = user.language or version.customer.language
    text, is_terms = publishing.text_in(version, language), version.document == Version.Document.TERMS
    path = reverse("privacy:terms", args=[version.customer.slug]) if is_terms else reverse("privacy_changes")
    said = {"number": version.number, "changes": text.changes if text else "", "path": path}
    return messages.queue(
        "privacy.new_version",
        customer=version.customer,
        channel="email",
        to=user.email,
        user=user,
        language=language,
        context={"document": str(version.document), **said},
    )


def unseen(user: User) -> list[Notice]:
    """What a person was told and has not seen yet, newest first."""
    mine = Notice.objects.filter(user=user, seen_at=None).select_related("version", "version__customer")
    return list(mine.prefetch_related("version__texts").order_by("-id"))


def see(user: User) -> None:
    """Note that a person has seen what they were told."""
    Notice.objects.filter(user=user, seen_at=None).update(seen_at=Now())


@transaction.atomic
def publish_notice() -> Version | None:
    """Put the release's privacy notice in force, if it is a new one; the first one is told to nobody.

    Done by beat, so that no operator can forget it. New is also what the operator changed in the environment: its name,
    the place, a sub-processor. The texts are kept as they were shown.
    """
    home, label, document = operator(), legal.VERSIONS[legal.PRIVACY], Version.Document.PRIVACY
    Customer.objects.select_for_update(no_key=True).get(pk=home.pk)
    shown = {language: policy.text(label, language) for language, _name in settings.LANGUAGES}
    hashes = {language: texts.digest(text) for language, text in shown.items()}
    before = publishing.in_force(home, document)
    if before is not None and {text.language: text.sha256 for text in before.texts.all()} == hashes:
        return None
    known, now = policy.copy(label), timezone.now()
    same_release = before is not None and before.label == label
    significant = before is not None and (same_release or known.significant)
    version = Version.objects.create(
        customer=home,
        document=document,
        number=before.number + 1 if before else 1,
        label=label,
        is_significant=significant or before is None,
        asks_again=list(known.asks_again),
        published_at=now,
        announced_at=None if significant else now,
    )
    for language, text in shown.items():
        changes = _of_operator(language) if same_release else known.changes[language]
        Text.objects.create(version=version, language=language, body=text, changes=changes, sha256=hashes[language])
    consenting.end_by_version(version.asks_again)
    facts = {"document": str(document), "version": label, "significant": version.is_significant}
    audit.record("privacy.published", audit.SYSTEM, home, version, facts=facts)
    return version


def _of_operator(language: str) -> str:
    with override(language):
        return gettext("The operator's name, its address, the place of its servers or a sub-processor has changed.")
