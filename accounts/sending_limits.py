"""How much may be sent: limits per address, user, site, customer, block of numbers and country.

And what is left of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import limits, names
from accounts.limits import DAY, HOUR, Exceeded, Limit
from accounts.models import Customer, Site, User

if TYPE_CHECKING:
    from collections.abc import Sequence

# Kinds of number that cost the caller or the callee extra, and are never texted or called (security.md S22)
PREMIUM = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.UAN,
    phonenumbers.PhoneNumberType.PAGER,
}


BY_ALL = 5  # times what one customer may send to an address, all together may


class UnusableNumber(ValueError):
    """No phone number that could be texted or called."""


class CountryNotAllowed(ValueError):
    """The customer does not send to this country."""


@dataclass(frozen=True)
class Line:
    """One line of the dashboard's page about limits. `used` is None while it cannot be told."""

    label: str | Promise
    used: int | None
    allowed: int
    seconds: int  # the time that it looks back


def number(text: str) -> str:
    """A phone number in E.164 from what a client wrote, with or without plus. Raises UnusableNumber.

    Without a plus it is read as a number of the operator's own country if it is one there, else with its country's
    code.
    """
    digits = text.strip()[:40]
    parsed = _parsed(digits, None) or _local(digits) or _parsed(f"+{digits.lstrip('0')}", None)
    if parsed is None or phonenumbers.number_type(parsed) in PREMIUM:
        raise UnusableNumber
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _local(digits: str) -> phonenumbers.PhoneNumber | None:
    parsed = _parsed(digits, settings.PHONENUMBER_DEFAULT_REGION)
    return parsed if parsed is not None and phonenumbers.is_valid_number(parsed) else None


def _parsed(digits: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def spend(
    customer: Customer, channels: "Sequence[str]", email: str, phone: str, *, user: User | None, site: Site | None
) -> Exceeded | None:
    """Count one message a channel, or return the limit that stops them all. Raises CountryNotAllowed.

    One round trip to Valkey; nothing is written to the database.
    """
    rules: list[Limit] = []
    for channel in channels:
        rules += _rules(customer, channel, email if channel == "email" else phone, user, site)
    return limits.hit(rules)


def overview(customer: Customer) -> list[Line]:
    """What is used of the customer's own limits, for its dashboard."""
    sites = list(Site.objects.filter(customer=customer, archived_at=None).order_by("created_at")[:50])
    labelled: list[tuple[str | Promise, Limit]] = [
        (_("E-mails"), _of_customer(customer, "email")),
        (_("Text messages and calls"), _of_customer(customer, "sms")),
    ]
    labelled += [(site.name, _of_site(site)) for site in sites]
    counts = limits.used([limit for _label, limit in labelled])
    return [
        Line(label, count, limit.allowed, limit.seconds) for (label, limit), count in zip(labelled, counts, strict=True)
    ]


def _rules(customer: Customer, channel: str, address: str, user: User | None, site: Site | None) -> Iterator[Limit]:
    allowed = settings.SENDING_LIMITS
    # Of each customer's own, so that nobody who opens an account here uses up what others may send to somebody (S20)
    name = names.counted(address)
    yield Limit("address", f"{customer.pk} {name}", allowed["address"], HOUR)
    yield Limit("address, by all", name, BY_ALL * allowed["address"], HOUR)
    yield _of_customer(customer, channel)
    if user is not None:
        yield Limit("user", str(user.pk), allowed["user"], HOUR)
    if site is not None:
        yield _of_site(site)
    if channel != "email":
        country = country_of(address)
        if customer.sms_countries and country not in customer.sms_countries:
            raise CountryNotAllowed(country)
        yield Limit("number block", f"{customer.pk} {address[:-2]}", allowed["number_block"], HOUR)
        yield Limit("country", f"{customer.pk} {country}", allowed["country"], HOUR)


def _of_customer(customer: Customer, channel: str) -> Limit:
    if channel == "email":
        allowed = customer.email_day_limit
        default = settings.SENDING_LIMITS["customer_email_day"]
        return Limit("customer email", str(customer.pk), default if allowed is None else allowed, DAY)
    allowed = customer.sms_day_limit
    default = settings.SENDING_LIMITS["customer_sms_day"]
    return Limit("customer sms", str(customer.pk), default if allowed is None else allowed, DAY)


def _of_site(site: Site) -> Limit:
    return Limit("site", str(site.pk), settings.SENDING_LIMITS["site"], HOUR)


def country_of(phone: str) -> str:
    """The country calling code of a number in E.164, with its plus: a region cannot be told of every number."""
    return f"+{phonenumbers.parse(phone).country_code}"
