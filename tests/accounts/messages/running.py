"""A worker process of its own beside a test: started, killed, and what is seen of its work."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from accounts.models import Message, WorkerHeartbeat
from tests.factories import MessageFactory

ROOT = Path(__file__).resolve().parents[3]
State = Message.State


class Worker:
    """A worker process of its own for the test's database, with a text gateway that the test controls."""

    def __init__(self, gateway, folder, **env):
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.env = {
            **os.environ,
            "DATABASE_URL": url.geturl(),
            "SMS_URLS": f"http://token@127.0.0.1:{gateway.port}/",
            "TESTS_GATE": str(folder),
            **env,
        }
        self.log = (folder / "worker.log").open("ab")
        argv = [sys.executable, "-m", "celery", "-A", "tests.accounts.messages.worker", "worker"]
        argv += ["-Q", "otp,default", "-c", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.process = subprocess.Popen(
            argv, env=self.env, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self):
        """kill -9, to the worker and its pool at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.log.close()
        if self.process.poll() is None:
            self.kill()


def heard():
    """Whether the worker has done a task, and so all that were queued before it."""
    return WorkerHeartbeat.objects.filter(queue="otp").exists()


def make(kind="tests.code", **given):
    given.setdefault("next_try_at", timezone.now() - timedelta(seconds=10))
    return MessageFactory(kind=kind, is_code=True, channel="sms", to="+4790000123", **given)


def pass_time():
    """As if two minutes had gone by since the row was claimed."""
    Message.objects.exclude(claimed_at=None).update(claimed_at=timezone.now() - timedelta(minutes=2))


def state():
    return Message.objects.get().state
