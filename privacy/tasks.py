"""Doorways from Celery."""

from celery import shared_task


@shared_task
def erase_due() -> int:
    """Work off what was asked to be erased."""
    from privacy import verbs

    return verbs.erase_due()


@shared_task
def erase_customers() -> int:
    """Work off the customers that close today."""
    from privacy import verbs

    return verbs.erase_customers()
