"""`manage.py datamap`: where the data map and the privacy notice disagree; --write makes a version's copy of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import legal
from privacy import policy


class Command(BaseCommand):
    """Says what a new version of the privacy notice has to explain, and writes its copy of the map."""

    help = "Compare the data map with the privacy notice in force, or write a version's copy of the map."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", metavar="VERSION", help="write maps/VERSION.json from the code")
        parser.add_argument("--release", metavar="VERSION", help="note that a version is released and never changes")
        parser.add_argument("--minor", action="store_true", help="nobody need be told of this version")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["write"]:
                path = policy.write(options["write"], significant=not options["minor"])
                print(f"Wrote {path.name}. Say in it what is new, in every language.")
                return
            if options["release"]:
                policy.release(options["release"])
                print(f"{options['release']} is released, and its copy of the map stays as it is.")
                return
        except ValueError as error:
            raise CommandError(str(error)) from error
        label = legal.VERSIONS[legal.PRIVACY]
        found = policy.differences(policy.copy(label).fields) if label in policy.labels() else ["everything"]
        print("\n".join(found) if found else f"The privacy notice {label} explains all there is.")
