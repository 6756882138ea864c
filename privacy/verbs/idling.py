"""End users who stay away: told, then kept apart, then erased, after as long as the customer or the operator chose."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import audit
from accounts import verbs as accounts
from accounts.audit import Actor
from accounts.models import Customer, User
from mfa.verbs import notices
from privacy import deadlines
from privacy.models import SetAside
from privacy.verbs import apart

INACTIVE = "privacy.inactive"  # to the person
NOTICE = timedelta(days=30)  # between being told and being set aside
AT_ONCE = 500  # people a run, of each step
Why = SetAside.Why


def work(at: datetime | None = None) -> dict[str, int]:
    """Do what is due at `at` (now), each person in a transaction of their own; how many of each step."""
    at = at or timezone.now()
    told = sum(_each(rows, lambda user: _tell(user, at)) for rows in to_tell(at))
    aside = _each(to_set_aside(at), lambda user: _set_aside(user, at))
    return {"told": told, "set aside": aside, "erased": _each(to_erase(at), lambda user: _erase(user, at))}


def to_tell(at: datetime) -> Iterator[QuerySet[User]]:
    """Who is told at a moment: they would be set aside when NOTICE has passed. One query each length of time."""
    for months in _lengths():
        yield _idle(at + NOTICE, months).filter(set_aside=None)


def to_set_aside(at: datetime) -> QuerySet[User]:
    """Who was told long enough ago. Who signed in since is looked at, and left alone."""
    return User.objects.living().filter(
        restricted_at=None, set_aside__why=Why.INACTIVE, set_aside__at=None, set_aside__warned_at__lte=at - NOTICE
    )


def to_erase(at: datetime) -> QuerySet[User]:
    """Whose time apart is over."""
    return User.objects.living().filter(
        set_aside__why=Why.INACTIVE, set_aside__at__isnull=False, set_aside__until__lte=at
    )


def months_of(customer: Customer) -> int:
    """After how many months without a sign-in a customer's people are set aside."""
    return customer.inactive_months or settings.INACTIVE_MONTHS


@transaction.atomic
def bring_back(user: User, by: Actor) -> bool:
    """Use a set-aside person's data again, with as long to sign in as if just told; False if they are not that."""
    row = SetAside.objects.select_for_update().filter(user=user, why=Why.INACTIVE, at__isnull=False).first()
    if row is None:
        return False
    apart.back(user, by)
    SetAside.objects.create(customer=user.customer, user=user, why=Why.INACTIVE, warned_at=timezone.now())
    return True


def _lengths() -> list[int | None]:
    chosen = Customer.objects.exclude(inactive_months=None).order_by().values_list("inactive_months", flat=True)
    return [None, *chosen.distinct()]


def _idle(at: datetime, months: int | None) -> QuerySet[User]:
    """Living end users who, at a moment, will not have signed in for that many months (None: the operator's)."""
    before = deadlines.add_months(at, -(months or settings.INACTIVE_MONTHS))
    found = User.objects.living().filter(restricted_at=None, is_staff=False, memberships=None)
    found = found.filter(customer__inactive_months=months, customer__closed_at=None, customer__test_of=None)
    return found.annotate(seen=Coalesce("last_sign_in_at", "created_at")).filter(seen__lt=before)


def _each(rows: QuerySet[User], act: Callable[[User], bool]) -> int:
    keys = list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE])
    return sum(_locked(rows, key, act) for key in keys)


@transaction.atomic
def _locked(rows: QuerySet[User], key: Any, act: Callable[[User], bool]) -> bool:
    """Act on a person whom nobody else holds just now, if it is still due; the next run looks at the others."""
    held = User.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("customer")
    user = held.filter(pk=key).first()
    return user is not None and rows.filter(pk=key).exists() and act(user)


def _tell(user: User, at: datetime) -> bool:
    SetAside.objects.create(customer=user.customer, user=user, why=Why.INACTIVE, warned_at=at)
    context = {"until": (at + NOTICE).isoformat(), "months": months_of(user.customer)}
    notices.tell(INACTIVE, user, context, by_phone=not user.email)
    audit.record("user.inactive_told", audit.SYSTEM, user.customer, user)
    return True


def _set_aside(user: User, at: datetime) -> bool:
    if not _idle(at, user.customer.inactive_months).filter(pk=user.pk).exists():
        SetAside.objects.filter(user=user).delete()
        return False
    apart.put(user, Why.INACTIVE, at + timedelta(days=settings.SET_ASIDE_DAYS), audit.SYSTEM)
    return True


def _erase(user: User, at: datetime) -> bool:
    accounts.request_erasure(user, audit.SYSTEM, may_return=True)
    return True
