"""Receipts of erasures: what this server removed, kept and why, what the sites answered; signed once all is in.

A receipt is one line of JSON in its canonical form, so that one changed byte is another receipt. Nothing in it names a
person: the subject is a keyed hash.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, crypto, datamap
from accounts.datamap import Personal
from accounts.models import Disclosure, ErasureRequest, User
from privacy import site_signing
from privacy.models import PrivacyRequest, Receipt
from privacy.moves import Move, State
from privacy.verbs import requesting, siting, telling
from privacy.verbs.removing import Removed

PURPOSE = "erasure receipt"
FORM = "kumquat erasure receipt 1"
CANNOT_RECALL = "cannot be recalled"
GAP = "gap"
ASKERS = {
    "own": _("the person"),
    "user": _("the person"),
    "member": _("the site’s owner"),
    "customer": _("the site’s owner"),
    "staff": _("the operator"),
    "letter": _("the operator"),
    "site": _("a site"),
    "token": _("a site’s program"),
    "system": _("this service"),
}
AT_ONCE = 100
LONGEST = 1_000_000  # characters of what is looked at


@dataclass(frozen=True)
class Subject:
    """What is known of a person before the erasure and wanted after it."""

    hash: str
    recipients: list[dict[str, Any]]


def subject_of(user: User) -> Subject:
    """The keyed hash that a receipt calls the person by, and who was given data that no erasure reaches."""
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    times: Counter[tuple[str, str]] = Counter()
    rows = Disclosure.objects.filter(user=user).values_list("recipient", "name", "fields")
    for recipient, name, fields in rows.iterator():
        given[recipient, name] |= set(fields)
        times[recipient, name] += 1
    recipients = [
        {"recipient": key[0], "name": key[1], "times": times[key], "data": sorted(given[key]), "answer": CANNOT_RECALL}
        for key in sorted(given)
    ]
    return Subject(crypto.keyed_hash("receipt subject", str(user.pk)), recipients)


def begin(
    subject: Subject, removed: Removed, *, erasure: ErasureRequest | None, request: PrivacyRequest | None
) -> Receipt:
    """Write down this server's half, inside the transaction that erased. Of a person's own request it has the address.

    Without an `erasure` some data had a ground to stay, which the request says, and no site is asked.
    """
    if request is not None:
        customer, at, by = request.customer, request.received_at, str(request.channel)
    elif erasure is not None:
        customer, at, by = erasure.customer, erasure.asked_at, erasure.asked_by
    else:
        raise ValueError("nobody asked for this erasure")
    ours = {
        "asked": at.isoformat(),
        "asked_by": by,
        "erased": timezone.now().isoformat(),
        "removed": [{"what": table, "rows": rows} for table, rows in removed.gone.items()],
        "kept": [{"what": table, "rows": rows, **_why(table)} for table, rows in removed.kept.items()],
        "grounds": request.grounds if request else {},
        "recipients": subject.recipients,
    }
    own = {"public_id": request.public_id} if request else {}
    return Receipt.objects.create(
        customer=customer, erasure=erasure, request=request, subject=subject.hash, ours=ours, **own
    )


def _why(table: str) -> dict[str, list[str]]:
    """Why rows stay, how they were made to tell nobody, and until when they stay, in the words of the data map."""
    model = apps.get_model(table)
    entries = [one for one in datamap.declared(model).values() if isinstance(one, Personal)]
    return {
        "why": sorted({one.purpose for one in entries}),
        "how": sorted({one.erased for one in entries}),
        "until": sorted({one.retention for one in entries}),
    }


def sign_due() -> int:
    """Sign the receipts for which every site has answered, or has been silent too long; how many."""
    due = Receipt.objects.filter(signed_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(sign(pk) for pk in due.iterator(chunk_size=AT_ONCE))


@transaction.atomic
def sign(receipt_id: UUID) -> bool:
    """Sign one receipt if all is in, and close the request that it answers; of two workers one does it."""
    rows = Receipt.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "customer", "erasure", "request"
    )
    receipt = rows.filter(pk=receipt_id, signed_at=None).first()
    if receipt is None or not (receipt.erasure is None or siting.settled(receipt.erasure)):
        return False
    receipt.signed_at = timezone.now()
    receipt.text = signed(_whole(receipt))
    receipt.save(update_fields=["text", "signed_at"])
    audit.record("privacy.receipt_signed", audit.SYSTEM, receipt.customer, receipt)
    request = receipt.request
    if request is not None and request.state == State.WORKING:
        done = Move.FINISH_PART if request.grounds else Move.FINISH
        telling.tell_person(requesting.move(request, done, audit.SYSTEM), done)
    return True


def _whole(receipt: Receipt) -> dict[str, Any]:
    sites = siting.answers(receipt.erasure) if receipt.erasure else []
    return {
        "form": FORM,
        "id": receipt.public_id,
        "server": settings.PUBLIC_URL,
        "customer": receipt.customer.number,
        "subject": receipt.subject,
        **receipt.ours,
        "sites": sites,
        "gaps": [one["site"] for one in sites if one["state"] == GAP],
        "closed": receipt.signed_at.isoformat() if receipt.signed_at else None,
    }


def is_sites_own(one: dict[str, Any]) -> bool | None:
    """Whether what a receipt says of a site is what the site itself signed; None where it answered nothing."""
    if not one["answer"]:
        return None
    said = json.loads(one["answer"])
    is_same = all(said.get(part) == one[part] for part in ("site", "job", "removed", "kept"))
    return is_same and site_signing.is_signed(one["answer"], one["signature"], one["public_key"])


def canonical(said: Any) -> str:
    """JSON that can be written in one way only."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def signed(receipt: dict[str, Any]) -> str:
    """The receipt with this server's signature."""
    key, signature = crypto.sign(PURPOSE, canonical(receipt))
    return canonical({"key": key, "receipt": receipt, "signature": signature})


def verified(text: str) -> dict[str, Any] | None:
    """What a receipt says, or None when one byte of it is not as this server signed it.

    White space around it is what a form or an editor adds; anything else that is not the canonical form is refused.
    """
    text = text.strip()
    try:
        whole = json.loads(text) if len(text) <= LONGEST else None
        if not isinstance(whole, dict) or canonical(whole) != text:
            return None
        receipt, key, signature = whole["receipt"], whole["key"], whole["signature"]
    except (ValueError, KeyError, RecursionError):
        return None
    if not (isinstance(receipt, dict) and isinstance(key, str) and isinstance(signature, str)):
        return None
    return receipt if crypto.signed(PURPOSE, key, canonical(receipt), signature) else None
