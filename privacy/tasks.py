"""Doorways from Celery."""

from celery import shared_task
from django.utils import timezone


@shared_task
def erase_due() -> int:
    """Work off what was asked to be erased, and sign what all have answered."""
    from privacy import verbs
    from privacy.verbs import receipts, tombstones

    erased = verbs.erase_due()
    receipts.sign_due()
    tombstones.keep()
    return erased


@shared_task
def announce_versions() -> int:
    """Publish the release's privacy notice if it is new, and tell people of what was published."""
    from privacy import verbs

    verbs.publish_notice()
    return verbs.announce_due()


@shared_task
def receive_mail() -> int:
    """See to what people wrote to the published address."""
    from privacy.verbs import receiving

    return receiving.receive()


@shared_task
def send_news() -> int:
    """Write to those who asked for news what staff released."""
    from privacy.verbs import news

    return news.send_due()


@shared_task
def forget_old() -> dict[str, int]:
    """Delete the proofs and requests whose time is over."""
    from privacy import retention
    from privacy.verbs import tombstones

    done = retention.forget()
    tombstones.trim()
    return done


@shared_task
def set_aside_idle() -> dict[str, int]:
    """Tell, set aside and erase who stays away."""
    from privacy.verbs import idling

    return idling.work()


@shared_task
def work_requests() -> dict[str, int]:
    """Carry out, remind of, and end what is due of people's requests."""
    from privacy.verbs import working

    return working.work()


@shared_task
def make_copies() -> int:
    """Make the copies of their data that people asked for and proved themselves for."""
    from privacy.verbs import packing

    return packing.make_due()


@shared_task
def erase_customers() -> int:
    """Work off the customers that close today."""
    from privacy import verbs

    return verbs.erase_customers()


@shared_task
def send_site_jobs() -> int:
    """Send sites the jobs that are due, and turn to people what no site answers."""
    from privacy.verbs import site_calls, siting

    siting.late(timezone.now())
    return site_calls.push_due()
