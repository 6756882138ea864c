"""`manage.py demo`: make the demo set, or find it and say again who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mfa import demo


class Command(BaseCommand):
    help = "Make the demo set (DEMO=1 only) and write demo.json."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("This server is no demo. Start it with DEMO=1 to have one.")
        facts = demo.build()
        self.stdout.write(f"The demo set stands: {facts['member_email']}, {facts['staff_email']}.")
