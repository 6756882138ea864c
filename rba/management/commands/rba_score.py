"""`manage.py rba_score`: scores a file of sign-ins by the code that serves requests, with everything in memory."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rba import stream
from rba.engine import ALL, Engine
from rba.features import ORDER
from rba.keys import Keys
from rba.store import MemoryStore


class Command(BaseCommand):
    requires_system_checks = []  # it touches no database
    help = "Score sign-ins given as JSON lines in time order, and write one line for each attempt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stream", required=True, type=Path, help="attempts, outcomes and failures as JSON lines")
        parser.add_argument("--out", required=True, type=Path, help="where id, score, decision and microseconds go")
        parser.add_argument("--without", action="append", default=[], choices=ORDER, help="switch a feature off")

    def handle(self, *args: Any, **options: Any) -> None:
        engine = Engine(MemoryStore(), Keys(secrets.token_bytes(32)), ALL - frozenset(options["without"]))
        try:
            with options["stream"].open(encoding="utf-8") as lines, options["out"].open("w", encoding="utf-8") as out:
                count = sum(bool(out.write(json.dumps(answer) + "\n")) for answer in stream.scored(lines, engine))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} attempts scored.")
