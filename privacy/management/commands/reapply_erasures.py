"""`manage.py reapply_erasures`: after a restore from a backup, erase anew who was erased since it was made."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.verbs import reapplying, tombstones


class Command(BaseCommand):
    help = "Erase anew whom the file of erasures knows to be erased and the restored database does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether there is something to apply")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                tombstones.require_applied()
                self.stdout.write("This database knows of every erasure.")
                return
            done = reapplying.reapply()
        except (tombstones.Undone, reapplying.Unfinished) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.lines} erasures applied: {done.persons} persons and {done.customers} customers.")
