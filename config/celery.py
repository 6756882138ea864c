"""The Celery application; its settings are those of Django that begin with CELERY_."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("kumquat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def hold_back(**_given: Any) -> None:
    """No worker starts on a database that was restored from a backup until the erasures since are applied again.

    Celery logs what a receiver raises and goes on; only leaving keeps the worker from starting, so whatever is wrong
    here ends it.
    """
    from django.db import connections

    from privacy.verbs import tombstones

    try:
        tombstones.require_applied()
    except Exception as error:
        raise SystemExit(f"This worker does not start. {error}") from error
    connections.close_all()
