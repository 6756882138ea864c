"""Doorways from Celery."""

from celery import shared_task


@shared_task
def fold() -> None:
    """Add what was learned to the customers' counts."""
    from rba import verbs

    verbs.fold_all()


@shared_task
def forget_old() -> None:
    """Delete what rba has kept long enough."""
    from rba import retention

    retention.forget()
