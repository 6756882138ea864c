"""Doorways from Celery."""

from celery import shared_task


@shared_task
def sum_sign_ins() -> None:
    """Write the users' last sign-ins into their rows."""
    from mfa import counting

    counting.sum_sign_ins()


@shared_task
def forget_old() -> None:
    """Delete what mfa has kept long enough."""
    from mfa import retention

    retention.forget()
