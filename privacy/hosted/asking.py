"""The address of the page that asks for agreement: it holds, encrypted, for whom and where to, so nothing is stored."""

import json
import time
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse

from accounts import crypto
from accounts.models import Customer, Site
from accounts.paths import is_own

PLACE = "page that asks for agreement"
LASTS = 3600  # seconds


@dataclass(frozen=True)
class Asked:
    """Who is asked, at whose site, and where a yes leads on to (a path of ours, or nowhere)."""

    customer: Customer
    username: str
    site: Site | None
    next_path: str


def page(customer: Customer, username: str, site: Site | None = None, next_path: str = "") -> str:
    """The whole address, good for an hour. Nobody reads the name in it, so no log and no history holds it."""
    facts = [str(customer.pk), username, str(site.pk) if site else "", next_path, int(time.time()) + LASTS]
    return settings.PUBLIC_URL + reverse("privacy:agree", args=[crypto.encrypt(json.dumps(facts), PLACE)])


def read(token: str) -> Asked | None:
    """What an address says, or None when it is too old or not ours."""
    try:
        customer_id, username, site_id, next_path, until = json.loads(crypto.decrypt(token, PLACE))
    except (InvalidToken, ValueError):
        return None
    customer = Customer.objects.filter(pk=customer_id, closed_at=None, suspended_at=None).first()
    if customer is None or until < time.time():
        return None
    site = Site.objects.filter(pk=site_id, customer=customer).first() if site_id else None
    return Asked(customer, username, site, next_path if is_own(next_path) else "")
