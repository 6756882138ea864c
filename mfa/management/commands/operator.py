"""manage.py operator: make the first staff, or let one back in who lost password or phone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit, links, names
from accounts.models import User
from accounts.verbs.staff import set_up_staff
from mfa import verbs
from mfa.models import Authenticator


class Command(BaseCommand):
    """Prints a link that works once, for an hour. Whoever can run this holds the server anyway."""

    help = (
        "Make the first staff, or let one back in: the user of --email becomes staff, their password, sessions and "
        "second factors stop working, and a link is printed with which they choose a password. A second factor is set "
        "up at the sign-in that follows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="whose address; asked for when it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        email = (options["email"] or input("E-mail address of the staff member: ")).strip()
        try:
            validate_email(email)
            names.canonical(email)
        except (ValidationError, names.UnusableName) as error:
            raise CommandError(f"{email!r} is not an e-mail address.") from error
        with transaction.atomic():
            link = set_up_staff(email, audit.SYSTEM)
            self._take_off_factors(link.user)
        self.stdout.write(f"Open this link within an hour to choose a password for {email}:\n\n    {links.url(link)}\n")
        self.stdout.write("Then sign in; the page that follows sets up a second factor. Staff pages: /staff/")

    def _take_off_factors(self, user: User | None) -> None:
        found = list(Authenticator.objects.filter(user=user)) if user is not None else []
        for one in found:
            verbs.reset(one, audit.SYSTEM)
        if found:
            self.stdout.write("The second factors they had no longer work.")
