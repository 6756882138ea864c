"""Registering a customer, and confirming that the address is theirs."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit, limits, links, names
from accounts.audit import Actor
from accounts.backends import find_member
from accounts.ids import new_public_id
from accounts.legal import Document
from accounts.limits import DAY, Limit
from accounts.messages import verbs as messages
from accounts.models import ApiKey, Customer, Link, Membership, Role, Site, User
from accounts.verbs import agreements, keys

CONFIRM = "confirm_email"


class AlreadyRegistered(Exception):
    """The address belongs to an account already; its owner has been told by mail."""


@dataclass(frozen=True)
class Registered:
    """What a registration made."""

    customer: Customer
    user: User
    site: Site
    key: ApiKey


def operator() -> Customer:
    """The customer that runs this server, made at first need from the operator's settings."""
    found = Customer.objects.filter(is_operator=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return new_customer(settings.OPERATOR_NAME or "Operator", "", settings.LANGUAGE_CODE, is_operator=True)
    except IntegrityError:  # two processes at a first start: the other one made it
        return Customer.objects.get(is_operator=True)


def register_customer(
    *,
    company: str,
    email: str,
    password: str,
    by: Actor,
    first_name: str = "",
    last_name: str = "",
    phone: str = "",
    language: str = "en",
    website: str = "",
    agreed: Iterable[Document] = (),
) -> Registered:
    """Make a customer with its owner, first site and that site's key, and mail a link that confirms the address.

    The page and the dialect's `customer/add` both come here. Raises AlreadyRegistered (the owner of the address is
    mailed), names.UnusableName. The password is judged by the face, whose forms can say what is wrong with it. For a
    known address the same rows are written and taken back, so that time tells a stranger nothing (security.md S21);
    its owner is mailed five times a day at most, whoever asks.
    """
    home = operator()
    known = find_member(email)
    with transaction.atomic():
        user = User(customer=home, username=email, email=email, phone=phone, language=language)
        user.first_name, user.last_name = first_name, last_name
        user.set_password(password)
        if known is not None:
            user.username = f"{new_public_id()}@taken-back.invalid"
        made = _try_to_make(user, company, website, agreed, by, take_back=known is not None)
        if made is None:  # known, or taken in this very moment
            owner = known or User.objects.living().get(customer=home, canonical_username=names.canonical(email))
            if limits.hit([Limit("told already registered", str(owner.pk), 5, DAY)]) is None:
                messages.queue(
                    "accounts.already_registered", customer=home, channel="email", to=owner.email, user=owner
                )
        else:
            registered, link = made
            _mail_link(link, user, registered.customer)
    if made is None:
        raise AlreadyRegistered
    return registered


class _TakenBack(Exception):
    """Undoes the rows that were written for the sake of their cost."""


def _try_to_make(
    user: User, company: str, website: str, agreed: Iterable[Document], by: Actor, take_back: bool
) -> tuple[Registered, Link] | None:
    """Write a registration's rows and its confirmation link.

    None when they were taken back, or when somebody else was quicker with the address.
    """
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            customer = new_customer(company, website, user.language)
            Membership.objects.create(user=user, customer=customer, role=Role.OWNER)
            site = Site.objects.create(customer=customer, name=company, url=website, is_first=True)
            key = keys.new_key(site)
            audit.record("customer.registered", by, customer, customer, person=user.pk)
            agreements.agree(customer, user, agreed, by)
            link = _confirmation(user, customer)
            if take_back:
                raise _TakenBack
    except _TakenBack:
        return None
    except IntegrityError as error:
        if "one_name_a_customer" not in str(error):
            raise
        return None
    return Registered(customer, user, site, key), link


@transaction.atomic
def send_confirmation(user: User, customer: Customer) -> None:
    """Mail a link that confirms the user's address; an earlier link stops working."""
    links.close_others(user, CONFIRM)
    _mail_link(_confirmation(user, customer), user, customer)


def _confirmation(user: User, customer: Customer) -> Link:
    return links.make(CONFIRM, lasts=timedelta(days=3), customer=customer, user=user, value=user.email)


def _mail_link(link: Link, user: User, customer: Customer) -> None:
    messages.queue("accounts.confirm_email", customer=customer, channel="email", to=user.email, user=user, link=link)


@transaction.atomic
def confirm_email(link: Link, by: Actor) -> bool:
    """Spend a confirmation link: the address counts as the user's, and as its customers' if they own them."""
    user = link.user
    if user is None or link.value != user.email or not links.spend(link):
        return False
    mark_confirmed(user)
    audit.record("user.email_confirmed", by, link.customer, user)
    return True


def mark_confirmed(user: User) -> None:
    """Note that a mail to the user was read: the address counts as theirs, and as their customers' if they own them."""
    now = timezone.now()
    if user.email_confirmed_at is None:
        user.email_confirmed_at = now
        user.save(update_fields=["email_confirmed_at"])
    owned = Customer.objects.filter(memberships__user=user, memberships__role=Role.OWNER, confirmed_at=None)
    owned.update(confirmed_at=now)


def new_customer(
    name: str, website: str, language: str, is_operator: bool = False, test_of: Customer | None = None
) -> Customer:
    """A customer under a free number of eight digits: random, so that numbers do not tell how many there are."""
    for _attempt in range(20):
        number = secrets.randbelow(90_000_000) + 10_000_000
        if str(number) in settings.PUBLISHED_CLIENTS or Customer.objects.filter(number=number).exists():
            continue
        base = slugify(name)[:48] or "customer"
        slug = base if not Customer.objects.filter(slug=base).exists() else f"{base}-{number}"
        return Customer.objects.create(
            number=number,
            name=name,
            slug=slug,
            website=website,
            language=language,
            is_operator=is_operator,
            test_of=test_of,
            confirmed_at=timezone.now() if is_operator or test_of else None,
            token_key=secrets.token_hex(16),
            app_secret=secrets.token_hex(16),
        )
    raise RuntimeError("no free customer number was found in twenty tries")
