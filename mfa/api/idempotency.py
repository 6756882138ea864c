"""Idempotency-Key: a call that creates or sends is made once, and asked again it is answered as the first time."""

import json
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import crypto
from accounts.models import ApiToken, IdempotencyKey
from mfa.api.problems import Problem, not_usable

HEADER = "Idempotency-Key"
LONGEST = 255


@dataclass(frozen=True)
class Again:
    """A call under a key: what names it, what it says, and what it was answered, if it was made before."""

    key_hash: str
    digest: str
    answer: Response | None = None


def begin(request: Request, token: ApiToken) -> Again | None:
    """What is known of this call, inside the transaction that acts; None without a key. Raises Problem.

    A lock of the database's own tells two at once apart: it ends with the transaction, whatever becomes of us.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not key or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise not_usable(HEADER, "1 to 255 printable ASCII characters.")
    key_hash = crypto.keyed_hash("idempotency key", str(token.pk), key)
    body = json.dumps(request.data, sort_keys=True)
    digest = crypto.keyed_hash("idempotent call", cast(str, request.method), request.get_full_path(), body)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(key_hash[:15], 16)])
        if not cursor.fetchone()[0]:
            raise Problem("in_flight", wait=1)
    found = IdempotencyKey.objects.filter(token=token, key_hash=key_hash).first()
    if found is None:
        return Again(key_hash, digest)
    if not crypto.same(found.digest, digest):
        raise Problem("key_reused")
    answer = Response(json.loads(found.answer), found.status, headers={"Idempotent-Replayed": "true"})
    return Again(key_hash, digest, answer)


def keep(again: Again, token: ApiToken, response: Response) -> None:
    """Note what a call was answered, encrypted: it may hold what is shown once."""
    IdempotencyKey.objects.create(
        customer=token.customer,
        token=token,
        key_hash=again.key_hash,
        digest=again.digest,
        status=response.status_code,
        answer=_text(response.data),
    )


def _text(data: Any) -> str:
    return JSONRenderer().render(data).decode() if data is not None else "null"
