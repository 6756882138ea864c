"""What beat starts, and how often: seconds, or a minute of every hour."""

from typing import Any

from celery.schedules import crontab

_Entry = dict[str, Any]


def _every(seconds: int, task: str, queue: str = "", *args: str) -> _Entry:
    """Return a sweep of every so many `seconds`.

    One that waited in its queue is as good as the next, so it is dropped when it is late.
    """
    return {"task": task, "schedule": seconds, "args": args, "options": _options(queue) | {"expires": seconds}}


def _hourly(minute: str, task: str) -> _Entry:
    return {"task": task, "schedule": crontab(minute=minute)}


def _options(queue: str) -> dict[str, str]:
    return {"queue": queue} if queue else {}  # without one, CELERY_TASK_ROUTES say where it goes


BEAT_SCHEDULE: dict[str, _Entry] = {
    "send what waits": _every(5, "accounts.tasks.sweep_outbox", "otp"),
    # In a flood the queue of codes is long, so a worker of the others looks as well
    "send what waits, beside a flood": _every(15, "accounts.tasks.sweep_outbox"),
    "tell what waits to be told": _every(10, "accounts.tasks.sweep_webhooks"),
    "heartbeat of otp": _every(10, "accounts.tasks.beat_heart", "otp", "otp"),
    "heartbeat of default": _every(10, "accounts.tasks.beat_heart", "", "default"),
    "heartbeat of webhooks": _every(10, "accounts.tasks.beat_heart", "webhooks", "webhooks"),
    "sum what was appended": _every(60, "accounts.tasks.sum_counters"),
    "forget what is old": _hourly("17", "accounts.tasks.forget_old"),
    # A knock gives a worker a turn at once; this finds those whose turn got lost
    "ask who knocked": _every(10, "mfa.tasks.ask_who_knocked", "otp"),
    "begin anew who waited": _every(15, "mfa.tasks.send_due_recoveries"),
    "sum sign-ins": _every(60, "mfa.tasks.sum_sign_ins"),
    "erase risk histories": _hourly("*/10", "mfa.tasks.erase_risk_histories"),
    "forget old proofs": _hourly("27", "mfa.tasks.forget_old"),
    "learn from sign-ins": _every(60, "rba.tasks.fold"),
    "forget old risks": _hourly("47", "rba.tasks.forget_old"),
    "erase what was asked": _every(20, "privacy.tasks.erase_due"),
    "send sites their jobs": _every(20, "privacy.tasks.send_site_jobs"),
    "make copies": _every(20, "privacy.tasks.make_copies"),
    "work off requests": _every(60, "privacy.tasks.work_requests"),
    "tell of new versions": _every(60, "privacy.tasks.announce_versions"),
    "read mail": _every(60, "privacy.tasks.receive_mail"),
    "send news": _every(60, "privacy.tasks.send_news"),
    "erase customers that closed": _every(60, "privacy.tasks.erase_customers"),
    "set aside who stays away": _hourly("7", "privacy.tasks.set_aside_idle"),
    "forget old agreements": _hourly("37", "privacy.tasks.forget_old"),
}
