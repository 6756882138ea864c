"""The native API's tokens: made, found, revoked; and when each was last used."""

import secrets
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import audit, crypto, valkey
from accounts.audit import Actor
from accounts.models import ApiToken, Customer, Site, User
from accounts.prepared import prepared
from accounts.scopes import Scope

MOST_TOKENS = 100
LIVE, TEST = "kq_live_", "kq_test_"
LONGEST = 80
_LAST_USE = "token_use"
_noted: dict[str, int] = {}  # in this process: the minute in which a token's use was noted


class TooManyTokens(Exception):
    """The customer has as many living tokens as one customer may have."""


@transaction.atomic
def make_token(
    customer: Customer,
    name: str,
    scopes: Iterable[str],
    by: Actor,
    *,
    site: Site | None = None,
    lasts: timedelta | None = None,
    made_by: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token, and the text that a program shows, returned this once: 190 random bits, so a keyed hash is enough.

    Raises TooManyTokens, ValueError for a scope that does not exist or none at all.
    """
    chosen = sorted({str(Scope(scope)) for scope in scopes})
    if not chosen:
        raise ValueError("a token without a scope")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if living(customer).count() >= MOST_TOKENS:
        raise TooManyTokens
    text = (TEST if customer.is_test else LIVE) + secrets.token_hex(24)
    token = ApiToken.objects.create(
        customer=customer,
        site=site,
        name=name,
        scopes=chosen,
        digest=_digest(text),
        ending=text[-4:],
        expires_at=timezone.now() + lasts if lasts else None,
        created_by=made_by,
    )
    facts = {"ending": token.ending, "scopes": chosen}
    audit.record("token.made", by, customer, token, facts=facts)
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, by: Actor) -> None:
    """End a token now."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("token.revoked", by, token.customer, token, facts={"ending": token.ending})


def living(customer: Customer) -> QuerySet[ApiToken]:
    """The customer's tokens that still open something."""
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiToken.objects.filter(in_time, customer=customer, revoked_at=None)


def find_token(text: str) -> ApiToken | None:
    """The living token that a program shows, with its customer and site, or None for any reason that there is none.

    One query, whatever is shown; it is found by its keyed hash, so that time tells nothing about it.
    """
    digest = _digest(text[:LONGEST])
    found = next(iter(_of_digest(digest=digest)), None)
    if found is None or not crypto.same(found.digest, digest) or not found.is_live():
        return None
    customer = found.customer
    real = customer.test_of if customer.test_of is not None else customer
    if customer.keys_stopped_at or customer.closed_at or real.keys_stopped_at or real.closed_at:
        return None
    if found.site is not None:
        if found.site.archived_at is not None:
            return None
        found.site.customer = customer
    return found


@prepared
def _of_digest(*, digest: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(digest=digest).select_related("customer__test_of", "site")


def is_suspended(token: ApiToken) -> bool:
    """Whether the operator has suspended whoever this token belongs to."""
    customer = token.customer
    return bool(customer.suspended_at or (customer.test_of and customer.test_of.suspended_at))


def note_use(token: ApiToken) -> None:
    """Note that a token was used, for beat to write down: at most once a minute in each process, never in its row."""
    minute = int(time.time() // 60)
    if _noted.get(str(token.pk)) == minute:
        return
    if len(_noted) > 10_000:
        _noted.clear()
    _noted[str(token.pk)] = minute
    try:
        valkey.ask(lambda client: client.hset(_LAST_USE, str(token.pk), int(time.time())))
    except valkey.Unreachable:
        _noted.pop(str(token.pk))


def sum_uses() -> None:
    """Write into the tokens' rows when each was last used."""
    try:
        used, _gone = valkey.ask(_take)
    except valkey.Unreachable:
        return
    for token in ApiToken.objects.filter(pk__in=list(used)).only("last_used_at"):
        at = datetime.fromtimestamp(int(used[str(token.pk)]), UTC)
        ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=at), pk=token.pk).update(last_used_at=at)


def _take(client: Any) -> Any:
    pipe = client.pipeline(transaction=True)
    pipe.hgetall(_LAST_USE)
    pipe.delete(_LAST_USE)
    return pipe.execute()


def _digest(text: str) -> str:
    return crypto.keyed_hash("api token", text)
