"""Doorways from Celery: each calls one function. No argument ever holds more than an id or a queue's name."""

from celery import shared_task

# A worker that needs longer than this for one message is killed, so that `sweeping.SENDING_LASTS` can be sure it is
# dead
SOFT, HARD = 40, 50


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
def send_code() -> None:
    """Send the code whose turn it is. A turn more or less does no harm: the rows say what waits."""
    from accounts import health
    from accounts.messages import delivery

    health.beat("otp")
    delivery.take_turn(codes=True)


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
def send_message() -> None:
    """Send the message whose turn it is among those that are no codes."""
    from accounts import health
    from accounts.messages import delivery

    health.beat("default")
    delivery.take_turn(codes=False)


@shared_task
def sweep_outbox() -> None:
    """End what is too late, take back what dead workers held, hand out turns that got lost."""
    from accounts.messages import sweeping

    sweeping.sweep()


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
def send_webhook() -> None:
    """Send the webhook that has waited longest. A turn more or less does no harm: the rows say what waits."""
    from accounts import health
    from accounts.webhooks import delivery

    health.beat("webhooks")
    delivery.take_turn()


@shared_task
def sweep_webhooks() -> None:
    """Take back what dead workers held, end what is too old, hand out turns that got lost."""
    from accounts.webhooks import delivery

    delivery.sweep()


@shared_task
def beat_heart(queue: str) -> None:
    """Note that a worker does the tasks of this queue, and say so if its clock is wrong."""
    from accounts import health

    health.beat(queue)
    health.check_clock()


@shared_task
def sum_counters() -> None:
    """Write into their rows what every call would otherwise have to."""
    from accounts import calls
    from accounts.verbs import tokens

    calls.flush()
    tokens.sum_uses()


@shared_task
def forget_old() -> None:
    """Delete what has been kept long enough."""
    from accounts import retention

    retention.forget()
