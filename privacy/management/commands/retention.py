"""`manage.py retention`: what retention would delete now and by when, and with --run one run of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import retention as of_accounts
from mfa import retention as of_mfa
from privacy import forecast, retention
from privacy.verbs import idling
from rba import retention as of_rba


class Command(BaseCommand):
    """A dry run: nothing is deleted unless --run is given."""

    help = "Say how many rows of each sort go now and by later days. With --run, delete what goes now, as beat would."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", action="store_true", help="delete what goes now")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run"]:
            for part in (of_accounts, of_rba, of_mfa, retention):
                self._say(part.forget())
            self._say(idling.work())
            return
        self.stdout.write("  ".join(["rows that go", *(f"by day {days}" if days else "now" for days in forecast.DAYS)]))
        for line in forecast.lines(timezone.now()):
            self.stdout.write(f"{line.name}: {', '.join(line.counts)}  (kept: {line.kept})")

    def _say(self, done: dict[str, int]) -> None:
        for name, count in done.items():
            if count:
                self.stdout.write(f"{name}: {count}")
