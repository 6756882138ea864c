"""A customer with many users, each with an authenticator app and an e-mail address; and their open transactions."""

import secrets
import time
from base64 import b32encode
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django_otp.oath import hotp

from accounts import crypto, verbs
from accounts.audit import SYSTEM
from accounts.models import ApiKey, Site, User
from accounts.verbs.customers import mark_confirmed
from bench.bare.tables import Note, Row
from mfa import codes
from mfa.base32 import decode
from mfa.contract import METHODS
from mfa.methods.totp import DIGITS, PERIOD
from mfa.models import Authenticator, Transaction
from mfa.verbs.asking import address_hash

BATCH = 2000
APP, MAIL = "totp", "email_code"


class People:
    """`apps` are the authenticator apps, each to be used once; `mails` the same people's addresses."""

    def __init__(self, number: int) -> None:
        made = verbs.register_customer(company="bench.example", email="owner@bench.example", password="-", by=SYSTEM)
        mark_confirmed(made.user)
        self.key: ApiKey = made.key
        self.site: Site = made.site
        self.customer = made.customer
        self.customer.refresh_from_db()
        users = [self._user(n) for n in range(number)]
        User.objects.bulk_create(users, BATCH)
        self.apps = [self._authenticator(user, APP) for user in users]
        self.mails = [self._authenticator(user, MAIL) for user in users]
        Authenticator.objects.bulk_create([*self.apps, *self.mails], BATCH)
        Site.objects.filter(pk=self.site.pk).update(connected_at=timezone.now())

    def _user(self, number: int) -> User:
        name = f"person{number}@bench.example"
        user = User(customer=self.customer, username=name, email=name, dialect_method="GOOGLE AUTHENTICATOR")
        user.canonical_username = user.canonical_email = name
        user.set_unusable_password()
        return user

    def _authenticator(self, user: User, method: str) -> Authenticator:
        assert method in METHODS
        made = Authenticator(user=user, customer=self.customer, method=method, name="", confirmed=True)
        if method == APP:
            made.secret = b32encode(secrets.token_bytes(20)).decode()
        else:
            made.address, made.address_hash = user.email, address_hash(user.email)
        return made

    def transactions(self, number: int) -> list[Transaction]:
        """Open transactions of as many people, each waiting for the code in a mail that is not sent."""
        now = timezone.now()
        made = [
            Transaction(
                customer=self.customer,
                site=self.site,
                user=mail.user,
                authenticator=mail,
                method=MAIL,
                dialect_name="EMAIL",
                key_id=crypto.newest_key_id(),
                created_at=now,
                expires_at=now + timedelta(minutes=5),
            )
            for mail in self.mails[:number]
        ]
        Transaction.objects.bulk_create(made, BATCH)
        return made


def app_code(authenticator: Authenticator) -> str:
    """What the app shows now."""
    return str(hotp(decode(authenticator.secret), int(time.time()) // PERIOD, DIGITS)).zfill(DIGITS)


def mailed_code(txn: Transaction) -> str:
    return codes.derive(txn)


def make_bare_tables(number: int) -> None:
    """The bare view's own two tables, in the same database."""
    with connection.schema_editor() as editor:
        editor.create_model(Row)
        editor.create_model(Note)
    Row._default_manager.bulk_create([Row() for _ in range(number)], BATCH)


def settle(seconds: float = 120) -> None:
    """Wait until the workers have sent everything, and let PostgreSQL tidy up: no round pays for the one before."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        while True:
            cursor.execute("SELECT count(*) FROM accounts_message WHERE state IN ('queued', 'claimed', 'sending')")
            if not cursor.fetchone()[0]:
                break
            assert time.monotonic() < deadline, "the workers did not send the messages"
            time.sleep(0.2)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
