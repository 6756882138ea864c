"""announce(): what was just recorded goes to the customer's endpoints, in the transaction that recorded it."""

import time
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import AuditRecord, Customer, WebhookDelivery, WebhookEndpoint
from accounts.webhooks.events import EVENTS

log = structlog.get_logger()
LASTS = timedelta(days=1)  # how long a delivery is tried
REST = 5.0  # seconds in which a broker that was down is not asked again
_broker = {"rests_until": 0.0}


def announce(record: AuditRecord) -> None:
    """Write a delivery for each endpoint that wants this. A customer without endpoints costs no query."""
    event = EVENTS.get(record.action)
    if event is None or record.customer is None or not record.customer.has_webhooks:
        return
    customer = record.customer
    now = timezone.now()
    rows = [
        WebhookDelivery(
            customer=customer,
            endpoint=endpoint,
            record=record,
            event=event.name,
            created_at=now,
            next_try_at=now,
            give_up_at=now + LASTS,
        )
        for endpoint in WebhookEndpoint.objects.filter(customer=customer, stopped_at=None).only("events", "customer")
        if not endpoint.events or event.name in endpoint.events
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows)
        transaction.on_commit(partial(hand_out, len(rows)))


def hand_out(number: int) -> int:
    """Put turns into the queue and return how many got there; beat finds what a broker that is down left behind."""
    from accounts import tasks

    for count in range(number):
        if time.monotonic() < _broker["rests_until"]:
            return count
        try:
            tasks.send_webhook.apply_async()
        except OperationalError:
            _broker["rests_until"] = time.monotonic() + REST
            log.warning("webhooks wait for beat", reason="the broker cannot be reached")
            return count
    return number


def refresh_flag(customer: Customer) -> None:
    """Note on the customer's row whether it has an endpoint at all, which every record asks."""
    wanted = WebhookEndpoint.objects.filter(customer=customer, stopped_at=None).exists()
    Customer.objects.filter(pk=customer.pk).update(has_webhooks=wanted)
    customer.has_webhooks = wanted
