"""The outbox file: stands for every provider in a demo and in tests."""

import fcntl
import json
import os
from collections.abc import Collection

from django.conf import settings
from django.utils import timezone

from accounts.gateways.contract import Gateway, Letter, Outcome, Result, Unusable


class OutboxFile(Gateway):
    """Appends one JSON object a message to `var/outbox.jsonl`, which only its owner may read.

    One write() to a file opened for appending, under its lock, so that lines of several workers never mix.
    """

    schemes = ("file",)
    channels = ("email", "sms", "voice")

    def __init__(self, url: str) -> None:
        super().__init__(url)
        if not (settings.DEMO or settings.TESTING):
            raise Unusable("the outbox file is for DEMO=1 and tests only")

    @property
    def name(self) -> str:
        return "outbox file"

    def send(self, letter: Letter) -> Result:
        line = {
            "at": timezone.now().isoformat(),
            "channel": letter.channel,
            "to": letter.to,
            "subject": letter.subject,
            "body": letter.text,
            "customer": letter.customer,
            "transaction": letter.transaction,
        }
        handle = os.open(settings.OUTBOX_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.write(handle, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        finally:
            os.close(handle)
        return Result(Outcome.ACCEPTED)


def forget(addresses: Collection[str]) -> None:
    """Take out what was sent to some addresses, where the file stands for the providers at all."""
    if not (settings.DEMO or settings.TESTING) or not os.path.exists(settings.OUTBOX_FILE):
        return
    with open(settings.OUTBOX_FILE, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.readlines()
        left = [line for line in lines if json.loads(line)["to"] not in addresses]
        if len(left) < len(lines):
            file.seek(0)
            file.truncate()
            file.writelines(left)
