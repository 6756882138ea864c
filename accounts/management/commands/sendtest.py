"""manage.py sendtest you@example.org: says what the mail set-up lacks, then sends a message and says how it went."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.forms import ValidationError

from accounts.gateways.setup_check import check_email_setup
from accounts.messages import delivery, verbs
from accounts.models import Message
from accounts.verbs.customers import operator

PATIENCE = 30.0  # seconds, in case a worker was quicker and is sending it


class Command(BaseCommand):
    help = "Checks the mail set-up and sends a test message to an address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="who gets the message")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address} is no e-mail address.") from error
        findings = check_email_setup()
        for finding in findings:
            self.stdout.write(finding.words)
        if not all(finding.ok for finding in findings):
            raise CommandError("Nothing was sent.")
        message = verbs.queue("accounts.test", customer=operator(), channel="email", to=address)
        delivery.deliver(message.pk)
        self._tell(_ended(message), address)

    def _tell(self, message: Message, address: str) -> None:
        if message.state == Message.State.SENT:
            self.stdout.write(self.style.SUCCESS(f"Sent to {address} by {message.provider}. Look into the mailbox."))
            return
        raise CommandError(f"Not sent: {message.get_state_display()}. {message.reason_in_words}")


def _ended(message: Message) -> Message:
    """The row once it has ended, or was put off, or our patience is over."""
    deadline = time.monotonic() + PATIENCE
    message.refresh_from_db()
    while message.finished_at is None and not message.reason and time.monotonic() < deadline:
        time.sleep(0.2)
        message.refresh_from_db()
    return message
