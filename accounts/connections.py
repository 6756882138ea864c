"""Lets go of a database connection that PostgreSQL has closed, before a request would fail for it."""

import select
from typing import Any

from django.core.signals import request_started
from django.db import connections


def register() -> None:
    """Look at each request's connection as it begins."""
    request_started.connect(drop_closed, dispatch_uid="drop closed connections")


def drop_closed(**_signal: Any) -> None:
    """Close what the other end has closed, so that the request makes a new one.

    Connections last, and after a restart of PostgreSQL each would fail once. Nothing is due on an idle one, so its
    socket can be read only when it ended: that takes no round trip, as Django's CONN_HEALTH_CHECKS does.
    """
    for connection in connections.all(initialized_only=True):
        lasting = connection.connection
        if lasting is not None and not connection.in_atomic_block and not lasting.closed and _is_due(lasting.fileno()):
            connection.close()


def _is_due(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
