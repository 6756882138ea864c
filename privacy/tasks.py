"""Doorways from Celery."""

from celery import shared_task


@shared_task
def erase_due() -> int:
    """Work off what was asked to be erased."""
    from privacy import verbs

    return verbs.erase_due()
