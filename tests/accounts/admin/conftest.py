"""A member of staff who has proven their second factor, and one row of everything that they may look at."""

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.http import Source
from accounts.models import ApiKey, AuditRecord, Customer, ErasureRequest, Message, Ticket, User, WorkerHeartbeat
from accounts.support import verbs as support
from accounts.verbs import team
from mfa.models import Authenticator, Transaction
from privacy.models import Announcement, Measure, PrivacyRequest, SetAside, SiteJob
from privacy.moves import Kind, State
from tests.factories import (
    ApiKeyFactory,
    AuthenticatorFactory,
    CustomerFactory,
    MessageFactory,
    SiteFactory,
    StaffFactory,
    TransactionFactory,
    UserFactory,
    member,
)
from tests.rba.deciding_rows import kept

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
BY = audit.Actor(AuditRecord.Actor.MEMBER, None, Source("198.51.100.7"))


def sign_in(client: Client, user: User, *, proven: bool = True, at: float = 0) -> None:
    """Put the session into the state that the doors leave it in; `at` is when the person last proved themselves."""
    client.force_login(user, backend="accounts.backends.OperatorBackend")
    session = client.session
    session["staff"] = user.is_staff
    session["proved_at"] = at or time.time()
    if proven:
        session["otp_device_id"] = AuthenticatorFactory(user=user).persistent_id
    session.save()


def url(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def page_of(obj: Any, page: str = "change") -> str:
    return url(type(obj), page, obj.pk)


@pytest.fixture
def staff(db: None) -> User:
    user: User = StaffFactory(username="kari@kumquat.example", first_name="Kari", last_name="Staff")
    return user


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    """The staff's browser, signed in with TOTP."""
    sign_in(client, staff)
    return client


@dataclass
class World:
    """One row of each kind, and every secret in them."""

    customer: Customer
    user: User
    member: User
    key: ApiKey
    message: Message
    ticket: Ticket
    authenticator: Authenticator
    transaction: Transaction
    secrets: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def world(db: None) -> World:
    customer = CustomerFactory(name="Nordvik")
    owner = member(customer=customer)
    site = SiteFactory(customer=customer, plugin_password_name="1a2b3c4d", plugin_password_hash="a-hash-of-a-password")
    key = ApiKeyFactory(site=site)
    user = UserFactory(customer=customer, username="nora@site.example", phone="+4740000123")
    totp = AuthenticatorFactory(user=user, pending_secret="ORSXG5DJNZTQ", data={"questions": "first-pet"})
    code = AuthenticatorFactory(user=user, method="sms_code", secret=None, address="+4740000123")
    txn = TransactionFactory(user=user, authenticator=code, sent_to="+47 ••• •• 123")
    message = MessageFactory(
        customer=customer,
        user=user,
        to="hidden.address@site.example",
        to_masked="h•••@site.example",
        body="a confidential answer",
        context={"reason": "a reason in the context"},
        transaction=txn.public_id,
    )
    ticket = support.open_ticket(subject="Late codes", text="Since Monday.", by=BY, customer=customer, user=owner)
    team.invite(customer, "invited.person@nordvik.example", "admin", audit.SYSTEM)
    audit.record("user.updated", BY, customer, user, values={"email": ["old@site.example", user.email]})
    erasure = ErasureRequest.objects.create(customer=customer, user=None, asked_by="member")
    SiteJob.objects.create(customer=customer, site=site, erasure=erasure)
    Measure.objects.create(
        kind="suspension", reason="abuse", reference="M-1", customer=customer, review_on="2030-01-01", asked_by=None
    )
    SetAside.objects.create(customer=customer, user=user, why="inactive", warned_at=timezone.now())
    PrivacyRequest.objects.create(
        customer=customer, user=user, person=user.pk, kind=Kind.ACCESS, state=State.OPEN, channel="own"
    )
    Announcement.objects.create(texts={"en": {"title": "New", "body": "Text"}})
    kept(user)
    WorkerHeartbeat.objects.get_or_create(queue="otp", defaults={"at": txn.created_at})
    secrets = {
        "API key": key.secret,
        "token key": customer.token_key,
        "app secret": customer.app_secret,
        "password": owner.password,
        "end of the password": owner.password[-20:],
        "plugin password": site.plugin_password_hash,
        "TOTP secret": totp.secret,
        "pending TOTP secret": totp.pending_secret,
        "answers": "first-pet",
        "nonce": txn.nonce,
        "message's address": message.to,
        "message's text": message.body,
        "message's context": "a reason in the context",
        "invited address": "invited.person@nordvik.example",
    }
    return World(customer, user, owner, key, message, ticket, totp, txn, secrets)
