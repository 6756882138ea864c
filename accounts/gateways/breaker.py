"""Leaves a dead provider alone for a while, so that it does not cost every message ten seconds."""

import time
from dataclasses import dataclass

from accounts.gateways.contract import Result

FAILURES = 3
REST = 30.0


@dataclass
class Breaker:
    """Opens after three results in a row that say the provider itself ails; then one letter tries every 30 seconds.

    Each worker process keeps its own: nothing to share means nothing that can be lost or hang, and the price is three
    slow letters a process.
    """

    failures: int = 0
    rests_until: float = 0.0

    def wait(self) -> float:
        """The seconds until this provider may be tried again; 0 when it may be now."""
        return max(0.0, self.rests_until - time.monotonic())

    def note(self, result: Result) -> None:
        """Count one result."""
        if not result.ails:
            self.failures = 0
            return
        self.failures += 1
        if self.failures >= FAILURES:
            self.rests_until = time.monotonic() + REST
