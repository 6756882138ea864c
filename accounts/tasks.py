"""Doorways from Celery: each fetches by id and calls one function."""

from celery import shared_task


@shared_task
def send_code(message_id: str) -> None:
    """Deliver one code. Running it twice delivers it once; waits are in its row."""
    from accounts.messages import delivery

    delivery.deliver(message_id)


@shared_task
def send_message(message_id: str) -> None:
    """Deliver one message that is no code."""
    from accounts.messages import delivery

    delivery.deliver(message_id)
