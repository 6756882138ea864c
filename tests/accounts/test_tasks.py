"""The doorways from Celery: where each goes, that beat knows them all, and that nothing secret travels."""

import json

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from accounts import tasks, valkey
from accounts.messages import sweeping
from accounts.models import Message
from config.celery import app
from tests.factories import MessageFactory

OURS = ("send_code", "send_message", "sweep_outbox", "beat_heart", "sum_counters", "forget_old")


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE.values(), ids=settings.CELERY_BEAT_SCHEDULE)
def test_every_task_that_beat_starts_exists(entry):
    app.loader.import_default_modules()

    assert entry["task"] in app.tasks


@pytest.mark.parametrize(("task", "queue"), [(tasks.send_code, "otp"), (tasks.send_message, "default")])
def test_codes_have_a_queue_of_their_own_and_a_turn_says_nothing(task, queue):
    task.delay()

    (raw,) = valkey.client().lrange(queue, 0, -1)
    told = json.loads(raw)
    assert told["content-type"] == "application/json"
    assert told["headers"]["argsrepr"] == "()" and told["headers"]["kwargsrepr"] == "{}"


@pytest.mark.promise("S30")
@pytest.mark.parametrize("name", OURS)
def test_no_task_takes_more_than_a_queue_s_name(name):
    code = getattr(tasks, name).run.__code__

    assert code.co_varnames[: code.co_argcount] in {(), ("queue",)}


def test_a_worker_is_killed_before_the_sweep_takes_it_for_dead():
    assert tasks.SOFT < tasks.HARD < sweeping.SENDING_LASTS.total_seconds()


@pytest.mark.django_db
def test_a_send_that_runs_out_of_time_is_unknown(monkeypatch):
    """Celery raises inside whatever the worker does at that moment; nobody can say how far the provider got."""
    from accounts import gateways

    def run_out(letter):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(gateways, "send", run_out)
    MessageFactory(kind="accounts.test", is_code=True)
    tasks.send_code()

    message = Message.objects.get()
    assert (message.state, message.reason) == ("unknown", "no_answer SoftTimeLimitExceeded")
