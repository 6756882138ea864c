"""Nothing personal leaves but through here: each hand-over is written into the ledger before it happens."""

from accounts import gateways
from accounts.models import Customer, Disclosure, Message, User, WebhookDelivery

Basis = Disclosure.Basis
PROVIDER = "the e-mail or SMS provider"
CUSTOMER = "the customer, in a file"
SITE = "the site you signed in to"
# What a provider of a channel is given: the address it delivers to, and what the message says
GIVEN = {"email": ["accounts.User.email"], "sms": ["accounts.User.phone"], "voice": ["accounts.User.phone"]}
WORDS = "accounts.Message.body"


class NoGround(Exception):
    """Nobody said on what ground this is handed over, to whom, or what."""


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
    given = {"recipient": recipient, "name": name[:128], "fields": fields, "basis": basis, "reference": reference[:64]}
    return Disclosure.objects.create(customer=customer, user=user, **given)


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
