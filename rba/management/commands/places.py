"""`manage.py places`: how old the databases of places are; replaces one by a better one after checks."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rba import geo
from rba.places import keeping


class Command(BaseCommand):
    requires_system_checks = []  # it touches no database of ours
    help = "Tell how old the databases of places are, or use a better one: a file in MaxMind's format."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--country", type=Path, help="a database of countries or cities to use from now on")
        parser.add_argument("--asn", type=Path, help="a database of networks (ASN) to use from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in keeping.KINDS:
            if options[kind] is not None:
                try:
                    place = keeping.replace(kind, options[kind])
                except keeping.Unusable as error:
                    raise CommandError(f"{options[kind]} is not used: {error}.") from error
                self.stdout.write(f"{kind}: {place} replaced.")
            path = geo.path_of(kind)
            made = keeping.made_on(path) if path is not None else None
            self.stdout.write(f"{kind}: {made:%Y-%m-%d}" if made is not None else f"{kind}: none can be read")
