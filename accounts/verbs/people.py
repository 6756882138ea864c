"""A customer's users: found, made, changed, disabled, and on their way to erasure.

No function here finds or makes a member or staff for an API face: whoever has a membership or the staff flag is a
user of the operator's and is unknown to it (security.md S10).
"""

from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, crypto, names
from accounts.audit import Actor
from accounts.models import AuditRecord, Customer, ErasedName, ErasureRequest, User
from accounts.prepared import prepared

EDITABLE = ("username", "email", "phone", "first_name", "last_name", "language", "dialect_method")

APART = "set-aside:"  # how the name of a person begins whose data is kept apart; a keyed hash of it follows
SEEN_EVERY = timedelta(hours=1)


class NameTaken(Exception):
    """Another user of the customer has this name."""


class ErasedBefore(Exception):
    """This person was erased; a member can allow the name again."""


def end_users(customer: Customer) -> models.QuerySet[User]:
    """The customer's living users who have no door but the hosted pages."""
    return _end_users(customer.pk, customer.is_operator)


def _end_users(customer_id: UUID, is_operator: bool) -> models.QuerySet[User]:
    living = User.objects.living().filter(customer=customer_id, is_staff=False)
    return living.filter(memberships=None) if is_operator else living


def find_user(customer: Customer, username: str) -> User | None:
    """The customer's user of this name in any spelling, or None; members and staff are unknown here."""
    try:
        name = names.canonical(username)
    except names.UnusableName:
        return None
    named = {"name": name, "apart": apart_name(customer, name)}
    found = _named(customer_id=customer.pk, is_operator=customer.is_operator, **named)
    return min(found, key=attrgetter("pk"), default=None)


@prepared
def _named(*, customer_id: UUID, is_operator: bool, name: str, apart: str) -> models.QuerySet[User]:
    return _end_users(customer_id, is_operator).filter(canonical_username__in=[name, apart]).order_by()


def apart_name(customer: Customer, canonical: str) -> str:
    """The name of a person whose data is kept apart: found by who knows the name, and readable for nobody."""
    return APART + name_hash(customer.pk, canonical)


@transaction.atomic
def create_user(customer: Customer, username: str, by: Actor, **fields: Any) -> User:
    """Make a user. Raises NameTaken, ErasedBefore, names.UnusableName."""
    require_unerased(customer, username)
    _require_free(customer, username)
    user = User(customer=customer, username=username, **fields)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken from error
    audit.record("user.created", by, customer, user)
    return user


def note_seen(user: User, by: Actor) -> None:
    """Record that somebody looked at this person's data, at most once an hour each, so that the person can see it."""
    since = timezone.now() - SEEN_EVERY
    seen = AuditRecord.objects.filter(person=user.pk, action="user.seen", actor_id=by.id, at__gt=since)
    if not seen.exists():
        audit.record("user.seen", by, user.customer, user)


@transaction.atomic
def update_user(user: User, by: Actor, **fields: Any) -> dict[str, Any]:
    """Change a user's fields and return what differs, each as [before, after]. Raises NameTaken, names.UnusableName.

    A changed address is no longer a confirmed one.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    before = {name: str(getattr(user, name)) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    changes = audit.changed(before, {name: str(getattr(user, name)) for name in fields})
    if not changes:
        return {}
    touched = set(changes)
    if "email" in changes:
        user.email_confirmed_at = None
        touched.add("email_confirmed_at")
    if "username" in changes:
        require_unerased(user.customer, user.username)
        _require_free(user.customer, user.username)
    try:
        with transaction.atomic():
            user.save(update_fields=touched)
    except IntegrityError as error:
        raise NameTaken from error
    audit.record("user.updated", by, user.customer, user, facts={"fields": sorted(changes)}, values=changes)
    return changes


@transaction.atomic
def set_enabled(user: User, enabled: bool, by: Actor) -> None:
    """Let a user in again, or keep them out until that."""
    user.disabled_at = None if enabled else timezone.now()
    user.save(update_fields=["disabled_at"])
    audit.record("user.enabled" if enabled else "user.disabled", by, user.customer, user)


@transaction.atomic
def request_erasure(user: User, by: Actor, *, reference: str = "", may_return: bool = False) -> None:
    """Ask for a user to be erased: gone from every list and door at once, and told of nothing.

    From every table when privacy has worked it off. The name is refused from now on, unless the person `may_return`.
    `reference` is how whoever acts finds what led to it; the call of a site is its own.
    """
    now = timezone.now()
    if User.objects.filter(pk=user.pk, erased_at=None).update(erased_at=now, disabled_at=now):
        request = ErasureRequest.objects.create(
            customer=user.customer, user=user, asked_by=by.kind, reference=reference.strip()[:64]
        )
        if not may_return:
            digest = hash_of(user)
            ErasedName.objects.get_or_create(customer=user.customer, name_hash=digest, defaults={"request": request})
        facts = {"reference": request.reference} if request.reference else {}
        audit.record("user.erasure_requested", by, user.customer, user, facts=facts)
        user.erased_at = now


def was_erased(customer: Customer, username: str) -> bool:
    """Whether a user of this name was erased and no member has allowed the name since. Raises names.UnusableName."""
    return ErasedName.objects.filter(customer=customer, name_hash=name_hash(customer.pk, username)).exists()


def require_unerased(customer: Customer, username: str) -> None:
    """Raise ErasedBefore when `was_erased`."""
    if was_erased(customer, username):
        raise ErasedBefore


def note_return(customer: Customer, username: str, by: Actor) -> None:
    """Note that somebody tried to bring an erased person back, for the dashboard to say; outside of what was refused.

    One row's count, however often it is tried, and one record until a member has seen to it. A name that cannot be
    used is nobody's.
    """
    try:
        digest = name_hash(customer.pk, username)
    except names.UnusableName:
        return
    row = ErasedName.objects.filter(customer=customer, name_hash=digest).first()
    if row is None:
        return
    if row.tried_at is None:
        audit.record("user.return_refused", by, customer, row)
    ErasedName.objects.filter(pk=row.pk).update(tries=models.F("tries") + 1, tried_at=timezone.now())


class Because(models.TextChoices):
    """Why a member lets an erased name be used again."""

    BACK = "back", _("the person is back and knows of it")
    OTHER = "other", _("another person has this name now")
    MISTAKE = "mistake", _("the person was erased by mistake")


@transaction.atomic
def allow_name(customer: Customer, username: str, by: Actor, *, because: str = Because.BACK) -> bool:
    """Let an erased name be used again; False when it was not erased. Raises names.UnusableName."""
    removed, _each = ErasedName.objects.filter(customer=customer, name_hash=name_hash(customer.pk, username)).delete()
    if removed:
        audit.record("user.name_allowed", by, customer, customer, facts={"because": str(because)})
    return bool(removed)


def _require_free(customer: Customer, username: str) -> None:
    """Raise NameTaken when somebody of this name is kept apart, where the table's own constraint sees nothing."""
    apart = apart_name(customer, names.canonical(username))
    if User.objects.living().filter(customer=customer, canonical_username=apart).exists():
        raise NameTaken


def hash_of(user: User) -> str:
    """What is kept of a user's name, also of one whose name is kept apart."""
    if user.restricted_at is not None and user.canonical_username.startswith(APART):
        return user.canonical_username.removeprefix(APART)
    return name_hash(user.customer_id, user.canonical_username)


def returns(customer: Customer) -> models.QuerySet[ErasedName]:
    """The erased names that somebody tried to use again and that no member has seen to, the latest first."""
    return ErasedName.objects.filter(customer=customer, tried_at__isnull=False).order_by("-tried_at")


@transaction.atomic
def keep_refusing(customer: Customer, by: Actor) -> int:
    """A member has seen that somebody tried to bring erased people back, and leaves the names refused; how many."""
    seen = returns(customer).update(tried_at=None)
    if seen:
        audit.record("user.return_seen", by, customer, customer)
    return seen


def name_hash(customer_id: UUID, username: str) -> str:
    """What is kept of an erased name. Raises names.UnusableName."""
    return crypto.keyed_hash("erased name", str(customer_id), names.canonical(username))


@transaction.atomic
def set_phrase(user: User, phrase: str, by: Actor) -> None:
    """Choose, change or drop the phrase that notices to the person carry; the record does not hold it."""
    user.phrase = phrase or None
    user.save(update_fields=["phrase"])
    audit.record("user.phrase_set", by, user.customer, user, facts={"has_one": bool(phrase)})
