"""What a test needs of the outbox: everything that waits is sent, and what was sent is read from the file."""

import json
from typing import Any

from django.conf import settings

from accounts.messages import delivery


def deliver_all() -> None:
    """Take turns until nothing is due, codes first, as the workers do."""
    for codes in (True, False):
        while delivery.take_turn(codes) is not None:
            pass


def sent(**having: Any) -> list[dict[str, Any]]:
    """The lines of the outbox file whose fields equal those given, oldest first."""
    if not settings.OUTBOX_FILE.exists():
        return []
    lines = [json.loads(line) for line in settings.OUTBOX_FILE.read_text().splitlines()]
    return [line for line in lines if all(line[name] == value for name, value in having.items())]
