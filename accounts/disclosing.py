"""Nothing personal leaves but through here: each hand-over is written into the ledger before it happens."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from django.db import transaction

from accounts import datamap, gateways
from accounts.models import Customer, Disclosure, Message, User, WebhookDelivery

Basis = Disclosure.Basis
PROVIDER, SITE, CUSTOMER = datamap.PROVIDER, datamap.SITE, datamap.CUSTOMER_FILE
# What a provider of a channel is given: the address it delivers to, and what the message says
GIVEN = {"email": ["accounts.User.email"], "sms": ["accounts.User.phone"], "voice": ["accounts.User.phone"]}
WORDS = "accounts.Message.body"
# Recipients that no field names beforehand: what they are given is decided case by case, by two of the staff
BY_DECISION = {Basis.LAW, Basis.ENFORCEMENT}


class NoGround(Exception):
    """Nobody said on what ground this is handed over, to whom, or what; or the data map does not name who gets it."""


def record(
    customer: Customer,
    *,
    user: User | None,
    recipient: str,
    fields: list[str],
    basis: str,
    reference: str,
    name: str = "",
) -> Disclosure:
    """Write one hand-over, inside the caller's transaction; the caller hands over once that has committed.

    `fields` as the data map names them ("accounts.User.email"). Raises NoGround.
    """
    if basis not in Basis.values or not reference or not recipient or not fields:
        raise NoGround
    if basis not in BY_DECISION and not set(fields) <= given_to(recipient):
        raise NoGround
    given = {"recipient": recipient, "name": name[:128], "fields": fields, "basis": basis, "reference": reference[:64]}
    return Disclosure.objects.create(customer=customer, user=user, **given)


@lru_cache(maxsize=16)
def given_to(recipient: str) -> frozenset[str]:
    """The fields that the data map says are given to a recipient."""
    return frozenset(
        f"{model._meta.label}.{name}"
        for model, name, entry in datamap.entries()
        if isinstance(entry, datamap.Personal) and recipient in entry.recipients
    )


@transaction.atomic
def record_file(customer: Customer, people: Iterable[UUID], fields: list[str], reference: str) -> None:
    """Write of each person in a part of a file that the customer is about to be given it; of the living alone."""
    found = User.objects.living().filter(pk__in=set(people)).order_by("pk")
    facts = {"recipient": CUSTOMER, "fields": fields, "basis": Basis.INSTRUCTION, "reference": reference[:64]}
    held = found.select_for_update(no_key=True).values_list("pk", flat=True)
    Disclosure.objects.bulk_create([Disclosure(customer=customer, user_id=pk, **facts) for pk in held])


def record_message(message: Message) -> None:
    """Write that a provider is about to be given a message. A second try of the same message adds nothing."""
    row = Disclosure(
        customer_id=message.customer_id,
        user_id=message.user_id,
        message=message,
        recipient=PROVIDER,
        name=" / ".join(gateways.names(message.channel))[:128],
        fields=[*GIVEN[message.channel], WORDS],
        basis=Basis.FEATURE,
        reference=message.kind[:64],
    )
    Disclosure.objects.bulk_create([row], ignore_conflicts=True)


def record_webhook(delivery: WebhookDelivery) -> None:
    """Write that a receiver of the customer's is about to be told of a person, where the event names one."""
    about = delivery.record.person if delivery.record is not None else None
    user = User.objects.living().filter(pk=about, customer=delivery.customer_id).first() if about else None
    if user is None:
        return
    record(
        delivery.customer,
        user=user,
        recipient=SITE,
        name=delivery.endpoint.name,
        fields=["accounts.User.username", "accounts.AuditRecord.person"],
        basis=Basis.INSTRUCTION,
        reference=delivery.event,
    )
