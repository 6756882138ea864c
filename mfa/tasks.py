"""Doorways from Celery."""

from celery import shared_task


@shared_task
def forget_old() -> None:
    """Delete what mfa has kept long enough."""
    from mfa import retention

    retention.forget()
