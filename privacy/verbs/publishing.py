"""Versions of a customer's terms: drafted, published, and told to everybody concerned."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer
from privacy import texts
from privacy.models import Text, Version

TERMS = Version.Document.TERMS


class NotReady(Exception):
    """This draft cannot be published; `str()` of it is a key for the page's words."""


def in_force(customer: Customer, document: str = TERMS) -> Version | None:
    """The newest published version, with its texts; None when there is none."""
    published = Version.objects.filter(customer=customer, document=document, number__gt=0)
    return published.prefetch_related("texts").order_by("-number").first()


def versions(customer: Customer, document: str = TERMS) -> list[Version]:
    """All published ones, newest first."""
    published = Version.objects.filter(customer=customer, document=document, number__gt=0)
    return list(published.prefetch_related("texts").order_by("-number"))


def text_in(version: Version, language: str) -> Text | None:
    """The version's text in a language, else in the customer's own, else in any; None without texts."""
    known = {text.language: text for text in version.texts.all()}
    for wanted in (language, version.customer.language, *known):
        if wanted in known:
            return known[wanted]
    return None


def draft_of(customer: Customer) -> Version:
    """The draft of the customer's next terms: the saved one, else an unsaved copy of what is in force."""
    saved = Version.objects.filter(customer=customer, document=TERMS, number=0).prefetch_related("texts").first()
    return saved or Version(customer=customer, document=TERMS)


def draft_texts(customer: Customer) -> dict[str, Text]:
    """The draft's texts by language; those in force where nothing was drafted yet."""
    draft = draft_of(customer)
    source = in_force(customer) if draft._state.adding else draft
    found = {text.language: text for text in source.texts.all()} if source else {}
    if draft._state.adding:
        return {language: Text(language=language, body=text.body) for language, text in found.items()}
    return found


@transaction.atomic
def save_draft(
    customer: Customer, by: Actor, *, bodies: dict[str, str], changes: dict[str, str], is_significant: bool
) -> Version:
    """Keep the draft; languages without a text are left out. The customer's row is locked, so there is one draft."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    draft, _made = Version.objects.get_or_create(customer=customer, document=TERMS, number=0)
    draft.is_significant = is_significant
    draft.save(update_fields=["is_significant"])
    draft.texts.all().delete()
    for language, body in bodies.items():
        if body.strip():
            Text.objects.create(
                version=draft, language=language, body=body.strip(), changes=changes.get(language, "").strip()
            )
    return draft


@transaction.atomic
def publish(customer: Customer, by: Actor) -> Version:
    """Put the draft in force. Raises NotReady. Of two at once the second finds no draft any more.

    The first version and every significant one bring the question to agree; so does none of the operator's, whose
    people agree by its documents. Telling people is the task's work (`announce`), which finds what is to be told.
    """
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    draft = Version.objects.filter(customer=locked, document=TERMS, number=0).first()
    if draft is None or not draft.texts.exists():
        raise NotReady("empty")
    before = in_force(locked)
    if before is not None and draft.is_significant and draft.texts.filter(changes="").exists():
        raise NotReady("unexplained")
    if before is not None and _same(before, draft):
        raise NotReady("same")
    newest = Version.objects.filter(customer=locked, document=TERMS).aggregate(most=Max("number"))["most"] or 0
    now = timezone.now()
    for text in draft.texts.all():
        text.sha256 = texts.digest(text.body)
        text.save(update_fields=["sha256"])
    draft.number, draft.published_at = newest + 1, now
    draft.is_significant = draft.is_significant or before is None
    draft.announced_at = now if before is None or not draft.is_significant else None
    draft.save()
    if draft.is_significant and not locked.is_operator:
        locked.terms_needed = draft.number
        locked.save(update_fields=["terms_needed"])
        customer.terms_needed = locked.terms_needed
    facts = {"document": str(TERMS), "version": draft.number, "significant": draft.is_significant}
    audit.record("privacy.published", by, locked, draft, facts=facts)
    return draft


def _same(before: Version, draft: Version) -> bool:
    def said(version: Version) -> dict[str, str]:
        return {text.language: text.body for text in version.texts.all()}

    return said(before) == said(draft)


@transaction.atomic
def stop_asking(customer: Customer, by: Actor) -> None:
    """Ask nobody to agree any more; what was agreed to stays proven, and the next significant version asks again."""
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if locked.terms_needed:
        locked.terms_needed = 0
        locked.save(update_fields=["terms_needed"])
        audit.record("privacy.stopped_asking", by, locked, locked)
    customer.terms_needed = 0
