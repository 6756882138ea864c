"""Agreement to a customer's terms: given, shown, taken back. The fact that lower apps read stands on the user's row."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer, Site, User
from accounts.verbs import people
from mfa.models import Transaction
from privacy.models import Agreement, Text, Version
from privacy.models.agreements import Way
from privacy.verbs import publishing


class TextChanged(Exception):
    """Another text is in force than the one that was shown."""


@transaction.atomic
def agree(
    customer: Customer, username: str, shown: str, language: str, by: Actor, *, way: str, site: Site | None = None
) -> Agreement:
    """Record that the person of this name agreed to the text whose hash is `shown`; who is new here is made now.

    The user's row is locked, so of two answers at once there is one agreement. Raises TextChanged,
    people.ErasedBefore, names.UnusableName.
    """
    version = publishing.in_force(customer)
    text = publishing.text_in(version, language) if version else None
    if version is None or text is None or text.sha256 != shown:
        raise TextChanged
    user = people.find_user(customer, username) or people.create_user(customer, username, by)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return _record(locked, version, text, by, way, site)


def take_word(user: User, site: Site | None, by: Actor) -> None:
    """Record a site's word that it asked this person: the customer chose that its sites ask."""
    version = publishing.in_force(user.customer)
    text = publishing.text_in(version, user.language or user.customer.language) if version else None
    if version is not None and text is not None:
        with transaction.atomic():
            locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
            _record(locked, version, text, by, Way.SITE, site)


def _record(user: User, version: Version, text: Text, by: Actor, way: str, site: Site | None) -> Agreement:
    known = Agreement.objects.filter(user=user, number=version.number, withdrawn_at=None).first()
    if known is None:
        known = Agreement.objects.create(
            customer_id=user.customer_id,
            user=user,
            person=user.pk,
            version=version,
            number=version.number,
            text_hash=text.sha256,
            language=text.language,
            way=way,
            site=site,
        )
        facts = {"version": version.number, "way": str(way), "language": text.language}
        audit.record("privacy.agreed", by, user.customer, known, person=user.pk, facts=facts)
    if user.agreed_terms < version.number:
        user.agreed_terms, user.terms_withdrawn_at = version.number, None
        user.save(update_fields=["agreed_terms", "terms_withdrawn_at"])
    return known


@transaction.atomic
def withdraw(agreement: Agreement, by: Actor, *, way: str) -> bool:
    """Take an agreement back; False when it was. The gate is back at once: open sign-ins end, the next one asks."""
    locked = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if locked.user_id is None or not locked.holds:
        return False
    user = User.objects.select_for_update(no_key=True).get(pk=locked.user_id)
    now = timezone.now()
    mine = Agreement.objects.filter(user=user, withdrawn_at=None)
    mine.update(withdrawn_at=now, withdrawn_way=way)
    user.agreed_terms, user.terms_withdrawn_at = 0, now
    user.save(update_fields=["agreed_terms", "terms_withdrawn_at"])
    pending = Transaction.objects.filter(user=user, state=Transaction.State.PENDING)
    pending.update(state=Transaction.State.EXPIRED, closed_at=now)
    facts = {"version": locked.number, "way": str(way)}
    audit.record("privacy.withdrew", by, user.customer, locked, person=user.pk, facts=facts)
    return True


def agreements_of(user: User) -> list[Agreement]:
    """All of a person's agreements, newest first, those taken back included."""
    return list(Agreement.objects.filter(user=user).select_related("version", "customer", "site").order_by("-id"))


def text_of(agreement: Agreement) -> Text | None:
    """The very text that was agreed to."""
    return Text.objects.filter(version=agreement.version_id, sha256=agreement.text_hash).first()


def newest(user: User) -> Agreement | None:
    """The last agreement that holds or held."""
    return Agreement.objects.filter(user=user).select_related("version").order_by("-id").first()
