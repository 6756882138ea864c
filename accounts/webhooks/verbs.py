"""What can be done with webhooks: added, changed, stopped, started, tested, a delivery made once more."""

import base64
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit, outbound
from accounts.audit import Actor
from accounts.models import Customer, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import emitting, events

MOST_ENDPOINTS = 20
OVERLAP = timedelta(days=1)
Stopped = WebhookEndpoint.Stopped


class TooManyEndpoints(Exception):
    """The customer has as many endpoints as one customer may have."""


@transaction.atomic
def add(customer: Customer, name: str, url: str, wanted: Iterable[str], by: Actor) -> WebhookEndpoint:
    """A new endpoint with its secret, which is shown once. Raises TooManyEndpoints, outbound.Refused, ValueError."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if WebhookEndpoint.objects.filter(customer=customer).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    chosen, host = _chosen(wanted), outbound.checked(url).hostname
    endpoint = WebhookEndpoint.objects.create(customer=customer, name=name, url=url, events=chosen, secret=new_secret())
    emitting.refresh_flag(customer)
    audit.record("webhook.added", by, customer, endpoint, facts={"name": name, "host": host, "events": chosen})
    return endpoint


@transaction.atomic
def edit(endpoint: WebhookEndpoint, name: str, url: str, wanted: Iterable[str], by: Actor) -> None:
    """Change where it is and what it gets. Raises outbound.Refused, ValueError."""
    chosen = _chosen(wanted)
    before = {"name": endpoint.name, "host": outbound.checked(endpoint.url).hostname, "events": endpoint.events}
    after = {"name": name, "host": outbound.checked(url).hostname, "events": chosen}
    endpoint.name, endpoint.url, endpoint.events = name, url, chosen
    endpoint.save(update_fields=["name", "url", "events"])
    audit.record("webhook.edited", by, endpoint.customer, endpoint, facts=audit.changed(before, after))


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, by: Actor) -> str:
    """A new secret, returned this once; for a day the old one signs beside it."""
    endpoint.earlier_secret, endpoint.earlier_until = endpoint.secret, timezone.now() + OVERLAP
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret", "earlier_secret", "earlier_until"])
    audit.record("webhook.secret_rotated", by, endpoint.customer, endpoint, facts={"name": endpoint.name})
    return str(endpoint.secret)


@transaction.atomic
def stop(endpoint: WebhookEndpoint, why: str, by: Actor) -> None:
    """Send nothing more to it until it is started again."""
    endpoint.stopped_at, endpoint.stopped_why = timezone.now(), why
    endpoint.save(update_fields=["stopped_at", "stopped_why"])
    emitting.refresh_flag(endpoint.customer)
    facts = {"name": endpoint.name, "why": str(why)}
    audit.record("webhook.stopped", by, endpoint.customer, endpoint, facts=facts)


@transaction.atomic
def start(endpoint: WebhookEndpoint, by: Actor) -> None:
    """Send to it again, what waits first."""
    endpoint.stopped_at, endpoint.stopped_why, endpoint.failing_since, endpoint.rests_until = None, "", None, None
    endpoint.save(update_fields=["stopped_at", "stopped_why", "failing_since", "rests_until"])
    emitting.refresh_flag(endpoint.customer)
    audit.record("webhook.started", by, endpoint.customer, endpoint, facts={"name": endpoint.name})


@transaction.atomic
def delete(endpoint: WebhookEndpoint, by: Actor) -> None:
    """Delete an endpoint with its log."""
    customer = endpoint.customer
    audit.record("webhook.deleted", by, customer, endpoint, facts={"name": endpoint.name})
    endpoint.delete()
    emitting.refresh_flag(customer)


@transaction.atomic
def test(endpoint: WebhookEndpoint, by: Actor) -> WebhookDelivery:
    """Send it an event that tells nothing, so that somebody can see it arrive."""
    audit.record("webhook.tested", by, endpoint.customer, endpoint, facts={"name": endpoint.name})
    return _again(endpoint, events.TEST, None)


@transaction.atomic
def replay(delivery: WebhookDelivery, by: Actor) -> WebhookDelivery:
    """Send an event once more, under the id that it had; the endpoint is not spared for having failed."""
    facts = {"event": delivery.event}
    audit.record("webhook.replayed", by, delivery.customer, delivery.endpoint, facts=facts)
    return _again(delivery.endpoint, delivery.event, delivery)


def _again(endpoint: WebhookEndpoint, event: str, earlier: WebhookDelivery | None) -> WebhookDelivery:
    made = WebhookDelivery.objects.create(
        customer=endpoint.customer,
        endpoint=endpoint,
        record=earlier.record if earlier else None,
        event=event,
        give_up_at=timezone.now() + emitting.LASTS,
    )
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    transaction.on_commit(lambda: emitting.hand_out(1))
    return made


def new_secret() -> str:
    """A secret as Standard Webhooks spells it: 192 random bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def _chosen(wanted: Iterable[str]) -> list[str]:
    chosen = sorted(set(wanted))
    unknown = set(chosen) - set(events.names())
    if unknown:
        raise ValueError(f"no such event: {sorted(unknown)}")
    return chosen
