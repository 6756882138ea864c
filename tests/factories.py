"""Builds rows for tests: a customer with its site and key, people with their authenticators, a transaction."""

import secrets
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from accounts import crypto, legal
from accounts.models import Acceptance, ApiKey, Customer, Membership, Message, Role, Site, User
from accounts.verbs.customers import operator
from mfa.methods import METHODS
from mfa.models import Authenticator, PromptClient, Transaction

PASSWORD = "correct horse battery"  # of every member that a test makes


class CustomerFactory(factory.django.DjangoModelFactory):
    """A confirmed customer that has agreed to the operator's documents, unless `agreed=False`."""

    class Meta:
        model = Customer
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Customer {n}")
    slug = factory.Sequence(lambda n: f"customer-{n}")
    number = factory.Sequence(lambda n: 20_000_001 + n)
    token_key = factory.LazyFunction(lambda: secrets.token_hex(16))
    app_secret = factory.LazyFunction(lambda: secrets.token_hex(16))
    confirmed_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def agreed(customer: Any, create: bool, given: bool | None, **_more: Any) -> None:
        if create and given is not False:
            rows = [
                Acceptance(customer=customer, document=name, version=legal.VERSIONS[name]) for name in legal.TO_AGREE
            ]
            Acceptance.objects.bulk_create(rows)


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site

    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence(lambda n: f"site{n}.example")
    url = factory.LazyAttribute(lambda site: f"https://{site.name}")


class ApiKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApiKey

    site = factory.SubFactory(SiteFactory)
    customer = factory.SelfAttribute("site.customer")
    secret = factory.LazyFunction(lambda: secrets.token_hex(16))
    ending = factory.LazyAttribute(lambda key: key.secret[-4:])


class UserFactory(factory.django.DjangoModelFactory):
    """An end user: belongs to a customer, has no password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    customer = factory.SubFactory(CustomerFactory)
    username = factory.Sequence(lambda n: f"person{n}@site.example")
    email = factory.SelfAttribute("username")
    first_name = "Nora"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    password = "!"  # Django's mark for "no password"


class OperatorUserFactory(UserFactory):
    """Someone who can sign in: a user of the operator's."""

    customer = factory.LazyFunction(operator)
    username = factory.Sequence(lambda n: f"member{n}@kumquat.example")
    email_confirmed_at = factory.LazyFunction(timezone.now)
    password = factory.PostGenerationMethodCall("set_password", PASSWORD)

    @classmethod
    def _after_postgeneration(cls, instance: User, create: bool, results: Any = None) -> None:
        if create:
            instance.save()


class StaffFactory(OperatorUserFactory):
    is_staff = True


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(OperatorUserFactory)
    customer = factory.SubFactory(CustomerFactory)
    role = Role.OWNER


def member(role: str = Role.OWNER, customer: Customer | None = None) -> User:
    """A user who may sign in to a customer's dashboard with PASSWORD."""
    given = {"customer": customer} if customer is not None else {}
    user: User = MembershipFactory(role=role, **given).user
    return user


class AuthenticatorFactory(factory.django.DjangoModelFactory):
    """A confirmed authenticator: TOTP unless told otherwise. Methods with an address get the user's e-mail."""

    class Meta:
        model = Authenticator

    user = factory.SubFactory(UserFactory)
    customer = factory.SelfAttribute("user.customer")
    method = "totp"
    name = ""
    confirmed = True
    secret = "JBSWY3DPEHPK3PXP"  # a test's own

    @factory.lazy_attribute
    def address(self: Any) -> str | None:
        return self.user.email if METHODS[self.method].channels else None

    @factory.lazy_attribute
    def address_hash(self: Any) -> str:
        return crypto.keyed_hash("address of authenticator", self.address.casefold()) if self.address else ""


class TransactionFactory(factory.django.DjangoModelFactory):
    """An open transaction of a user's authenticator."""

    class Meta:
        model = Transaction

    authenticator = factory.SubFactory(AuthenticatorFactory, method="email_code", secret=None)
    user = factory.SelfAttribute("authenticator.user")
    customer = factory.SelfAttribute("user.customer")
    method = factory.SelfAttribute("authenticator.method")
    key_id = factory.LazyFunction(crypto.newest_key_id)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=5))


class PromptClientFactory(factory.django.DjangoModelFactory):
    """A site's pair for the prompt, which may lead people to https://<site>/callback."""

    class Meta:
        model = PromptClient

    site = factory.SubFactory(SiteFactory)
    customer = factory.SelfAttribute("site.customer")
    client_id = factory.Sequence(lambda n: f"DI{n:018}")
    secret = factory.LazyFunction(lambda: secrets.token_hex(20))
    ending = factory.LazyAttribute(lambda client: client.secret[-4:])
    redirects = factory.LazyAttribute(lambda client: [{"uri": f"{client.site.url}/callback", "any_query": False}])


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    customer = factory.SubFactory(CustomerFactory)
    kind = "accounts.test"
    channel = "email"
    to = "nora@site.example"
    to_masked = "n•••@site.example"
    language = "en"
    not_after = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=5))
