"""A customer with one of everything, and whoever may come to its pages: strangers, others, its team, staff."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts import audit, links
from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import (
    ApiKey,
    ApiToken,
    AuditRecord,
    Customer,
    ErasureRequest,
    Group,
    Invitation,
    Link,
    Membership,
    Message,
    Role,
    Session,
    Ticket,
    User,
    WebhookDelivery,
    WebhookEndpoint,
    WorkerHeartbeat,
)
from accounts.scopes import Scope
from accounts.support import verbs as support
from accounts.verbs import team
from accounts.verbs.tokens import make_token
from accounts.webhooks import verbs as webhooks
from mfa.models import Authenticator, PromptClient, Recovery, Transaction, Visit
from mfa.verbs import pairing, visiting
from privacy.models import Announcement, Measure, PrivacyRequest, SetAside, SiteJob
from privacy.verbs import requesting
from privacy.verbs.requesting import Asked
from rba.models import RiskDecision, RiskPolicy
from rba.policy import DEFAULT
from tests.factories import (
    PASSWORD,
    ApiKeyFactory,
    AuthenticatorFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    PromptClientFactory,
    StaffFactory,
    TransactionFactory,
    UserFactory,
    member,
)
from tests.rba.deciding_rows import kept

BACKEND = "accounts.backends.OperatorBackend"


@dataclass
class World:
    """The customer whose pages are walked, and what the addresses of those pages name."""

    customer: Customer
    key: ApiKey
    old_key: ApiKey
    colleague: Membership
    invitation: Invitation
    user: User
    group: Group
    api_token: ApiToken
    webhook: WebhookEndpoint
    webhook_delivery: WebhookDelivery
    authenticator: Authenticator
    transaction: Transaction
    message: Message
    ticket: Ticket
    record: AuditRecord
    link: Link
    session: Session
    client: PromptClient
    visit: Visit
    recovery: Recovery
    request: PrivacyRequest
    decision: RiskDecision
    job: SiteJob

    @classmethod
    def build(cls) -> "World":
        customer = CustomerFactory(name="Nordvik")
        key = ApiKeyFactory(site__customer=customer)
        colleague = MembershipFactory(customer=customer, role=Role.READ_ONLY)
        user = UserFactory(customer=customer, username="nora@nordvik.example", phone="+4791234567")
        webhook = webhooks.add(customer, "shop", "https://shop.example/in", [], SYSTEM)
        group = people.add_group(customer, "Editors", SYSTEM)
        people.put_in_group(group, [user], SYSTEM)
        authenticator = AuthenticatorFactory(user=user)
        WorkerHeartbeat.objects.create(queue="otp", at=timezone.now())
        Announcement.objects.create(texts={"en": {"title": "News", "body": "Text"}})
        erasure = ErasureRequest.objects.create(customer=customer, done_at=timezone.now())
        for version in (1, 2):
            RiskPolicy.objects.create(customer=customer, version=version, document={**DEFAULT, "report_only": True})
        Measure.objects.create(
            kind="suspension", reason="abuse", reference="M-1", customer=customer, review_on="2030-01-01"
        )
        SetAside.objects.create(customer=customer, user=user, why="inactive", warned_at=timezone.now())
        audit.record("user.created", SYSTEM, customer, user, values={"email": user.email})
        return cls(
            customer,
            key,
            ApiKeyFactory(site=key.site, retires_at=timezone.now() + timedelta(days=1)),
            colleague,
            team.invite(customer, "new@nordvik.example", Role.ADMIN, SYSTEM),
            user,
            group,
            make_token(customer, "shop", [Scope.USERS_READ], SYSTEM)[0],
            webhook,
            webhooks.test(webhook, SYSTEM),
            authenticator,
            TransactionFactory(authenticator=AuthenticatorFactory(user=user, method="email_code", secret=None)),
            MessageFactory(customer=customer, state=Message.State.UNKNOWN, is_code=False),
            support.open_ticket(subject="Help", text="How?", customer=customer, user=colleague.user, by=SYSTEM),
            AuditRecord.objects.filter(customer=customer).latest("id"),
            links.make("no purpose of ours", lasts=timedelta(hours=1), customer=customer),
            open_session(colleague.user),
            PromptClientFactory(site=key.site),
            visiting.open_visit(customer, user, "somebody's browser", return_to="https://nordvik.example/callback"),
            Recovery.objects.create(customer=customer, user=user, ready_at=timezone.now(), expires_at=timezone.now()),
            requesting.make(user, Asked("access"), SYSTEM).request,
            kept(user),
            SiteJob.objects.create(customer=customer, site=key.site, erasure=erasure, names="{}"),
        )

    def arguments(self, name: str) -> dict[str, Any]:
        """What the address of a route of this name holds."""
        part = name.rpartition(":")[2]
        if name.startswith("prompt:"):
            return {"public_id": self.visit.public_id}
        if name == "mfa_console:prompt_remove":
            return {"public_id": self.key.site.public_id, "name": pairing.name_of(self.client.redirects[0]["uri"])}
        if name.startswith("admin:"):
            given = {"app_label": "accounts", "content_type_id": 1, "url": "nothing"}
            return given | {"object_id": self.object_of(part)}
        return {
            "public_id": self.public_id(part),
            "user_id": self.user.public_id,
            "method_id": self.authenticator.public_id,
            "ending": self.old_key.ending,
            "record_id": self.record.pk,
            "token": links.token(self.link),
            "name": "logo.png",
            "slug": self.customer.slug,
            "key": self.authenticator.public_id,
            "kind": "access",
            "who": "nobody",
            "label": "2000-01",
            "part": "users",
            "authenticator_id": self.authenticator.public_id,
            "transaction_id": self.transaction.public_id,
            "message_id": self.message.public_id,
            "group_id": self.group.public_id,
            "delivery_id": self.webhook_delivery.public_id,
            "version": 1,
            "decision_id": self.decision.pk,
            "assessment_id": self.decision.pk.hex,
        }

    def public_id(self, part: str) -> str:
        """The object of ours that an address of the dashboard names."""
        ours: dict[str, Any] = {
            "account": self.session,
            "message": self.message,
            "sign": self.transaction,
            "ticket": self.ticket,
            "group": self.group,
            "token": self.api_token,
            "webhook": self.webhook,
            "team": self.invitation if part == "team_withdraw" else self.colleague,
            "recovery": self.recovery,
            "request": self.request,
            "job": self.job,
            "ask": self.user,
            "bring": self.user,
            **dict.fromkeys(("user", "let", "reset", "bypass", "link"), self.user),
        }
        return str(ours.get(part.partition("_")[0], self.key.site).public_id)

    def object_of(self, part: str) -> Any:
        """The object that an address of the staff's names by its model."""
        model = next(
            (one for one in admin.site._registry if part.startswith(f"{one._meta.label_lower.replace('.', '_')}_")),
            None,
        )
        if model is None:
            return self.customer.pk
        return model._default_manager.all()[:1].get().pk


def open_session(user: User) -> Session:
    browser(user)
    return Session.objects.get(user=user)


def browser(user: User | None = None, *, verified: bool = False) -> Client:
    """A browser in which somebody has signed in a moment ago, with their second factor if `verified`."""
    client = Client()
    if user is None:
        return client
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["proved_at"], session["staff"] = time.time(), user.is_staff
    if verified:
        session["otp_device_id"] = AuthenticatorFactory(user=user).persistent_id
    session.save()
    return client


def half_signed_in(world: World) -> Client:
    """The password was right, and the code is still to come."""
    user = MembershipFactory(customer=world.customer, role=Role.OWNER, user__is_staff=True).user
    AuthenticatorFactory(user=user)
    client = browser()
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    assert "half" in client.session
    return client


# Everybody who may come: how their browser is made
WHO: dict[str, Callable[[World], Client]] = {
    "a stranger": lambda world: browser(),
    "half signed in": half_signed_in,
    "another customer's owner": lambda world: browser(member(Role.OWNER)),
    **{str(role): lambda world, role=role: browser(member(role, world.customer)) for role in Role},  # type: ignore[misc]
    "staff without a code": lambda world: browser(StaffFactory()),
    "staff": lambda world: browser(StaffFactory(), verified=True),
}
OUTSIDE = ("a stranger", "half signed in")


def rows(customer: Customer | None = None) -> dict[type[Model], Any]:
    """Number and digest of the rows of every table but that of sessions; one customer's alone if it is given."""
    models = [model for model in apps.get_models() if model is not Session]
    if customer is not None:
        models = [model for model in models if any(field.name == "customer" for field in model._meta.fields)]
    mine = "" if customer is None else f" WHERE customer_id = '{customer.pk}'"
    single = "SELECT {}, count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
    parts = [single.format(place, model._meta.db_table) + mine for place, model in enumerate(models)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))  # in whatever order PostgreSQL reads them, hence the number
        return {models[place]: found for place, *found in cursor.fetchall()}
