"""What the methods that send have in common: a message per channel, with the transaction's code or link in it."""

from accounts import links
from accounts.messages import verbs as messages
from accounts.models import Link
from mfa.contract import Addresses, Delivery, Prompt
from mfa.models import Transaction

CODE = "mfa.code"
LINK = "mfa.email_link"


def send(txn: Transaction, kind: str, channels: tuple[str, ...], to: Addresses, link: Link | None = None) -> Prompt:
    """Queue one message a channel and say where they go."""
    deliveries = []
    for channel in channels:
        address = to.email if channel == "email" else to.phone
        messages.queue(
            kind,
            customer=txn.customer,
            site=txn.site,
            user=txn.user,
            channel=channel,
            to=address,
            transaction_id=txn.public_id,
            link=link,
            not_after=txn.expires_at,
        )
        deliveries.append(Delivery(channel, address))
    return Prompt(deliveries=tuple(deliveries))


def send_link(txn: Transaction, to: Addresses) -> Prompt:
    """Queue a mail with a link that opens the page where the person decides."""
    link = links.make(
        LINK,
        lasts=txn.expires_at - txn.created_at,
        customer=txn.customer,
        user=txn.user,
        about=txn.public_id,
    )
    return send(txn, LINK, ("email",), to, link)
