"""Delivering: a delivery is claimed by one change of its row, sent outside of any transaction, and tried for a day.

It arrives at least once, always under the same id. What is sent is made from the record at that moment, so that who
was erased meanwhile is named no more. An endpoint that fails rests, so that it keeps nobody else's events waiting.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from standardwebhooks import Webhook

from accounts import audit, disclosing, outbound
from accounts.messages import verbs as messages
from accounts.models import Membership, Role, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import emitting, events, verbs

log = structlog.get_logger()
State, Stopped = WebhookDelivery.State, WebhookEndpoint.Stopped
# Seconds before the second try and so on; the last one goes on for as long as the day lasts
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400)
LONGEST_WAIT = 6 * 3600
CLAIM_LASTS = timedelta(seconds=60)  # longer than the worker may take (accounts/tasks.py)
STOPS_AFTER = timedelta(days=3)
BATCH = 1000
TURNS = 50
UNTAKEN = timedelta(seconds=3)
GONE = 410


def take_turn() -> str | None:
    """Send the delivery that has waited longest and return its new state; None when nothing is due."""
    delivery = _claim()
    if delivery is None:
        return None
    endpoint = delivery.endpoint
    try:
        answer = outbound.post(endpoint.url, *signed(delivery))
    except outbound.Refused as error:
        return _not_arrived(delivery, None, str(error), "")
    except outbound.Failed as error:
        return _not_arrived(delivery, None, str(error), "")
    text = "".join(char for char in answer.body[:400].decode(errors="replace") if char.isprintable())[:200]
    if 200 <= answer.status < 300:
        return _arrived(delivery, answer.status, text)
    return _not_arrived(delivery, answer.status, text, answer.retry_after)


def signed(delivery: WebhookDelivery, at: datetime | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a delivery (Standard Webhooks 1.0.0)."""
    at = at or timezone.now()
    body = json.dumps(payload(delivery), separators=(",", ":"), ensure_ascii=False)
    name = message_id(delivery)
    endpoint = delivery.endpoint
    keys = [endpoint.secret]
    if endpoint.earlier_secret and endpoint.earlier_until and endpoint.earlier_until > at:
        keys.append(endpoint.earlier_secret)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Kumquat-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(name, at.astimezone(UTC), body) for key in keys),
    }
    return body.encode(), headers


def payload(delivery: WebhookDelivery) -> dict[str, Any]:
    """What is sent: the event as the API lists it, or a test that tells nothing."""
    if delivery.record is None:
        data: dict[str, Any] = {"id": message_id(delivery), "by": "member", "user": None, "facts": {}}
        return {"type": events.TEST, "timestamp": delivery.created_at.isoformat(), "data": data}
    return events.shown([delivery.record])[0]


def message_id(delivery: WebhookDelivery) -> str:
    """What the receiver tells repetitions by: the event's id, whichever endpoint and try it is."""
    return events.event_id(delivery.record) if delivery.record else f"evt_{delivery.pk.hex}"


def _claim() -> WebhookDelivery | None:
    due = WebhookDelivery.objects.select_related("endpoint", "customer", "record").annotate(asked_at=Now())
    due = due.filter(state=State.WAITING, next_try_at__lte=Now(), give_up_at__gt=Now(), endpoint__stopped_at=None)
    due = due.filter(Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=Now()))
    with transaction.atomic(durable=True):
        found = due.order_by("next_try_at").select_for_update(skip_locked=True, of=("self",)).first()
        if found is None:
            return None
        found.state, found.tries, found.claimed_at = State.SENDING, found.tries + 1, vars(found)["asked_at"]
        found.save(update_fields=["state", "tries", "claimed_at"])
        if found.tries == 1:  # in the ledger before the first byte leaves; another try gives nothing more away
            disclosing.record_webhook(found)
    found.endpoint.customer = found.customer
    return found


def _arrived(delivery: WebhookDelivery, status: int, text: str) -> str:
    _move(delivery, state=State.DELIVERED, status=status, reply=text, finished_at=Now())
    if delivery.endpoint.failing_since or delivery.endpoint.rests_until:
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None, rests_until=None)
    return State.DELIVERED


def _not_arrived(delivery: WebhookDelivery, status: int | None, text: str, retry_after: str) -> str:
    """Try again later, as long as the day lasts; stop an endpoint that is gone, or has failed for days."""
    endpoint, now = delivery.endpoint, timezone.now()
    wait = max(_back_off(delivery.tries), _seconds(retry_after))
    next_try = now + timedelta(seconds=wait)
    values = {"status": status, "reply": text[:200]}
    if next_try >= delivery.give_up_at:
        state = State.FAILED
        _move(delivery, state=state, finished_at=Now(), **values)
    else:
        state = State.WAITING
        _move(delivery, state=state, next_try_at=next_try, **values)
    since = endpoint.failing_since or now
    rest = now + timedelta(seconds=min(wait, WAITS[2]))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=since, rests_until=rest)
    if status == GONE:
        _stop(endpoint, Stopped.GONE)
    elif since <= now - STOPS_AFTER:
        _stop(endpoint, Stopped.FAILING)
    log.info("a webhook did not arrive", delivery=str(delivery.pk), status=status, state=str(state))
    return state


def _stop(endpoint: WebhookEndpoint, why: str) -> None:
    """Stop an endpoint once, and tell the owners."""
    with transaction.atomic():
        locked = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("customer").get(pk=endpoint.pk)
        if locked.stopped_at is not None:
            return
        verbs.stop(locked, why, audit.SYSTEM)
        customer = locked.customer.test_of or locked.customer
        for owner in Membership.objects.filter(customer=customer, role=Role.OWNER).select_related("user"):
            messages.queue(
                "accounts.webhook_stopped",
                customer=customer,
                channel="email",
                to=owner.user.email,
                user=owner.user,
                context={"name": locked.name, "why": str(why)},
            )


def _back_off(tries: int) -> float:
    wait = WAITS[min(tries, len(WAITS)) - 1]
    return float(wait * random.uniform(0.75, 1.25))  # noqa: S311  # protects nothing


def _seconds(retry_after: str) -> float:
    """What Retry-After asks for, in seconds, six hours at most; a date counts as nothing."""
    return float(min(int(retry_after), LONGEST_WAIT)) if retry_after.isascii() and retry_after.isdigit() else 0.0


def _move(delivery: WebhookDelivery, **values: Any) -> None:
    """Change a row that this process has claimed, unless somebody else has it by now."""
    rows = WebhookDelivery.objects.filter(pk=delivery.pk, claimed_at=delivery.claimed_at, state=State.SENDING)
    rows.update(**values)


def sweep() -> dict[str, int]:
    """Take back what dead workers held, end what is too old, and hand out turns that got lost."""
    lost = WebhookDelivery.objects.filter(state=State.SENDING, claimed_at__lt=Now() - CLAIM_LASTS)
    taken_back = lost.update(state=State.WAITING)
    old = WebhookDelivery.objects.filter(state=State.WAITING, give_up_at__lte=Now()).order_by().values("pk")[:BATCH]
    ended = WebhookDelivery.objects.filter(pk__in=old).update(state=State.FAILED, finished_at=Now())
    due = WebhookDelivery.objects.filter(
        Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=Now()),
        state=State.WAITING,
        next_try_at__lte=Now() - UNTAKEN,
        endpoint__stopped_at=None,
    )
    turns = emitting.hand_out(due.order_by()[:TURNS].count())
    done = {"taken_back": taken_back, "ended": ended, "turns": turns}
    if any(done.values()):
        log.info("webhooks swept", **done)
    return done
