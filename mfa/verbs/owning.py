"""What becomes of what somebody proves themselves with: bound, named, paused, removed; the last one stays."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts import audit, names
from accounts import verbs as accounts
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.models import User
from mfa.contract import METHODS, Addresses, Method, Words
from mfa.models import Authenticator
from mfa.policies import Effective, Enforcement, Rule
from mfa.verbs import helping, notices
from mfa.verbs.asking import address_hash
from mfa.verbs.offering import is_offered, ways

LONGEST_NAME = 64
BY_PHONE = {"sms", "voice"}
Act = Callable[["Owned"], None]


@dataclass(frozen=True)
class Owned:
    """One thing that a person proves themselves with, usable or not.

    `is_known` is a method that an address on the person's record is enough for; it may have no row yet.
    """

    method: Method
    authenticator: Authenticator | None
    address: str = ""
    is_known: bool = False

    @property
    def key(self) -> str:
        """What a page's address names it by."""
        return self.authenticator.public_id if self.authenticator is not None else self.method.key

    @property
    def name(self) -> Words:
        """The person's own name for it, or the method's."""
        return (self.authenticator.name if self.authenticator is not None else "") or self.method.label

    @property
    def is_usable(self) -> bool:
        return self.authenticator is None or self.authenticator.is_usable

    @property
    def needs_phone(self) -> bool:
        return bool(BY_PHONE & set(self.method.channels))

    @property
    def masked(self) -> str:
        return " · ".join(names.mask(part) for part in self.address.split())


class Removal(StrEnum):
    """What came of removing."""

    REMOVED = "removed"
    LAST = "last"  # nothing stronger than a mailbox would be left, and policy wants more
    UNKNOWN = "unknown"


def owned(user: User, rules: Effective) -> list[Owned]:
    """All that a person can see and change about their proofs, strongest first; one query."""
    mine = list(Authenticator.objects.filter(user=user, expires_at=None).order_by("created_at", "pk"))
    found = [one for method in METHODS.values() if method.is_own for one in _owned(method, user, mine, rules)]
    return sorted(found, key=lambda one: (one.method.is_standby, -one.method.assurance))


def find_owned(all_owned: list[Owned], key: str) -> Owned | None:
    """The one that a page's address named, or None."""
    return next((one for one in all_owned if one.key == key or (one.is_known and one.method.key == key)), None)


def _owned(method: Method, user: User, mine: list[Authenticator], rules: Effective) -> list[Owned]:
    rows = [one for one in mine if one.method == method.key]
    if method.needs_enrolment:
        return [Owned(method, one) for one in rows if one.confirmed]
    address = method.address_of(Addresses(user.email, str(user.phone or "")))
    found = [Owned(method, one, one.address or "") for one in rows if one.bound_here and one.address != address]
    if address and is_offered(method, user.customer) and rules.allows(method):
        known = next((one for one in rows if one.address == address), None)
        found.insert(0, Owned(method, known, address, is_known=True))
    return found


@transaction.atomic
def bind(authenticator: Authenticator, by: Actor) -> None:
    """Let an address that its person just proved on our pages count for signing in; told everywhere else.

    It becomes the person's known address of its sort where there was none.
    """
    user, address = authenticator.user, authenticator.address or ""
    field = "email" if "@" in address else "phone"
    authenticator.bound_here, authenticator.suspended_at = True, None
    authenticator.save(update_fields=["bound_here", "suspended_at"])
    if not getattr(user, field):
        accounts.update_user(user, by, **{field: address})
    _note("mfa.added", authenticator, by, "added")


@transaction.atomic
def rename(authenticator: Authenticator, name: str, by: Actor) -> None:
    """Give it the name that the person knows it by; at most 64 characters are kept."""
    before, authenticator.name = authenticator.name, " ".join(name.split())[:LONGEST_NAME]
    authenticator.save(update_fields=["name"])
    _record("mfa.renamed", authenticator, by, {"before": before, "after": authenticator.name})


@transaction.atomic
def suspend(authenticator: Authenticator, by: Actor) -> None:
    """Let it open nothing until it is taken up again."""
    authenticator.suspended_at = timezone.now()
    authenticator.save(update_fields=["suspended_at"])
    _note("mfa.suspended", authenticator, by, "suspended")


@transaction.atomic
def resume(authenticator: Authenticator, by: Actor) -> None:
    """Let a suspended one open again; one that was switched off by wrong answers stays off."""
    authenticator.suspended_at = None
    authenticator.save(update_fields=["suspended_at"])
    _note("mfa.resumed", authenticator, by, "resumed")


@transaction.atomic
def suspend_own(user: User, key: str, rules: Effective, by: Actor) -> Removal:
    """Pause one of a person's own; LAST when nothing but the mailbox would be left, as for `remove`."""
    return _unless_last(user, key, rules, lambda one: suspend(_row(user, one), by))


@transaction.atomic
def remove(user: User, key: str, rules: Effective, by: Actor) -> Removal:
    """Take one of a person's own off for good, under the lock of their row, so that of two at once the last stays.

    A method that a known address is enough for is paused in place of that: it ends with the address.
    """
    return _unless_last(user, key, rules, lambda one: _take_off(user, one, by))


def _unless_last(user: User, key: str, rules: Effective, act: Act) -> Removal:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = find_owned(owned(user, rules), key)
    if found is None:
        return Removal.UNKNOWN
    had_one = has_own_proof(user, rules)
    with transaction.atomic():
        act(found)
        is_last = _is_short(user, rules, had_one)
        transaction.set_rollback(is_last)
    return Removal.LAST if is_last else Removal.REMOVED


def has_own_proof(user: User, rules: Effective) -> bool:
    """Whether the person has a way that opens their own pages: stronger than a mailbox, and no way back in."""
    return any(
        way.method.assurance > Assurance.WEAK and not way.method.is_standby and way.method.is_own
        for way in ways(user, rules)
    )


def phone_is_idle(user: User, rules: Effective) -> bool:
    """Whether a phone number is kept that nothing of the person's needs any more."""
    return bool(user.phone) and not any(one.needs_phone and one.is_usable for one in owned(user, rules))


@transaction.atomic
def drop_phone(user: User, rules: Effective, by: Actor) -> bool:
    """Forget the person's known phone number, and what needed it; the number itself is told.

    False where nothing but the mailbox would be left, as for `remove`.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    phone, had_one = str(user.phone or ""), has_own_proof(user, rules)
    with transaction.atomic():
        keys = [key for key, method in METHODS.items() if BY_PHONE & set(method.channels)]
        rows = Authenticator.objects.filter(user=user, method__in=keys, expires_at=None)
        rows.filter(pk__in=[row.pk for row in rows if phone in (row.address or "").split()]).delete()
        accounts.update_user(user, by, phone="")
        _touch(user)
        notices.address_dropped(user, phone, keys[0])
        is_last = _is_short(user, rules, had_one)
        transaction.set_rollback(is_last)
    if is_last:
        user.phone = phone
    return not is_last


def _is_short(user: User, rules: Effective, had_one: bool) -> bool:
    """Whether a change takes the last proof of who had one, where policy wants one."""
    required = rules.value(Rule.ENFORCEMENT) == Enforcement.REQUIRED
    return had_one and required and not has_own_proof(user, rules)


def _take_off(user: User, one: Owned, by: Actor) -> None:
    row = _row(user, one)
    if not one.is_known:
        helping.reset(row, by)
        if one.address:
            notices.address_dropped(user, one.address, one.method.key)
        return
    row.suspended_at = timezone.now()
    row.save(update_fields=["suspended_at"])
    _note("mfa.suspended", row, by, "removed")


def _row(user: User, one: Owned) -> Authenticator:
    """Its row, made where a known address has none yet."""
    if one.authenticator is not None:
        one.authenticator.user = user
        return one.authenticator
    made: Authenticator = Authenticator.objects.create(
        user=user,
        customer_id=user.customer_id,
        method=one.method.key,
        name="",
        confirmed=False,
        address=one.address,
        address_hash=address_hash(one.address),
    )
    return made


def _note(action: str, authenticator: Authenticator, by: Actor, what: str) -> None:
    _touch(authenticator.user)
    _record(action, authenticator, by, {})
    notices.factor_changed(authenticator.user, what, authenticator.method)


def _touch(user: User) -> None:
    """The security set-up changed: trust that was given under the earlier one ends."""
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])


def _record(action: str, authenticator: Authenticator, by: Actor, values: dict[str, str]) -> None:
    user, facts = authenticator.user, {"method": authenticator.method}
    audit.record(action, by, user.customer, authenticator, person=user.pk, facts=facts, values=values)
