"""The demo set: an operator with staff, the customer Nordvik with members, a site, users, and two weeks of sign-ins.

All names are invented and every address is under `.example`. Made once: a second run finds what is there and says it
again.
"""

import base64
import json
import os
import random
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import crypto, legal, names, verbs
from accounts.audit import SYSTEM
from accounts.models import Customer, Membership, Role, Site, User
from accounts.support import verbs as support
from accounts.verbs.customers import mark_confirmed, operator
from mfa import counting
from mfa.contract import Addresses
from mfa.methods import METHODS, by_compat_name
from mfa.methods.email_code import EmailCode
from mfa.methods.email_link import EmailLink
from mfa.methods.kba import Kba
from mfa.methods.sms_and_email_code import SmsAndEmailCode
from mfa.methods.sms_code import SmsCode
from mfa.methods.totp import Totp
from mfa.methods.voice_code import VoiceCode
from mfa.models import Authenticator, PromptClient, Transaction
from mfa.verbs import pairing
from mfa.verbs.asking import address_hash
from rba import demo as risk
from rba import verbs as rba

FILE = "demo.json"
BY_APP = Totp.key
# first name, last name, username, phone, and the method as the plugin calls it
PEOPLE = (
    ("Nora", "Bjørklund", "nora@nordvik.example", "+4791000101", Totp.compat_names[0]),
    ("Olav", "Tveit", "olav@nordvik.example", "+4791000102", EmailCode.compat_names[0]),
    ("Håkon", "Ødegård", "hakon@nordvik.example", "+4791000103", SmsCode.compat_names[0]),
    ("Åse", "Fjellstad", "ase@nordvik.example", "+4791000104", SmsAndEmailCode.compat_names[0]),
    ("Amina", "Yusuf", "amina@nordvik.example", "+4791000105", EmailLink.compat_names[0]),
    ("Piotr", "Kowalski", "piotr@nordvik.example", "+4791000106", VoiceCode.compat_names[0]),
    ("Sunniva", "Hagen", "sunniva@nordvik.example", "+4791000107", Totp.compat_names[1]),
    ("Tuva", "Lien", "tuva@nordvik.example", "", Kba.compat_names[0]),
)
QUESTIONS = (
    ("Your first pet's name?", "Pelle"),
    ("The street you grew up in?", "Storgata"),
    ("Your first school?", "Fjell"),
)
MEMBERS = (
    ("Ingrid", "Solbakken", "ingrid@nordvik.example", Role.OWNER),
    ("Jonas", "Myhre", "jonas@nordvik.example", Role.ADMIN),
    ("Leila", "Haddad", "leila@nordvik.example", Role.HELP_DESK),
    ("Even", "Strand", "even@nordvik.example", Role.READ_ONLY),
)
AT_PROMPT = ("Mina", "Strøm", "mina")  # signs in by the prompt
REDIRECT = "https://site.example/duo-callback"
STAFF = ("Sigrid", "Aasen", "sigrid@fjordvakt.example")
WORDS = [
    "fjord",
    "birch",
    "heron",
    "lantern",
    "harbour",
    "cinder",
    "meadow",
    "thimble",
    "gable",
    "otter",
    "pebble",
    "willow",
]


def build() -> dict[str, Any]:
    """Make the set if it is not there, write `demo.json` beside the other things of this server.

    And return its content.
    """
    path = settings.VAR_DIR / FILE
    kept = json.loads(path.read_text()) if path.exists() else {}
    facts = {
        "base_url": settings.PUBLIC_URL,
        "member_email": MEMBERS[0][2],
        "member_password": kept.get("member_password") or _words(),
        "member_totp_secret": kept.get("member_totp_secret") or _app_secret(),
        "staff_email": STAFF[2],
        "staff_password": kept.get("staff_password") or _words(),
        "staff_totp_secret": kept.get("staff_totp_secret") or _app_secret(),
        "database_url": os.environ.get("DATABASE_URL", ""),
        "redis_url": os.environ.get("REDIS_URL", ""),
    }
    known = {entry["username"]: entry["totp_secret"] for entry in kept.get("users", [])}
    with transaction.atomic():
        staff = _person(operator(), *STAFF, password=facts["staff_password"], is_staff=True)
        _enrol(staff, BY_APP, facts["staff_totp_secret"])
        customer = _customer(facts["member_password"], facts["member_totp_secret"])
        site = customer.sites.get(is_first=True)
        facts |= {
            "customer_key": str(customer.number),
            "api_key": site.api_keys.get(retires_at=None, revoked_at=None).secret,
            "token_key": customer.token_key,
            "app_secret": customer.app_secret,
            "users": [_user(customer, known, *one) for one in PEOPLE if not verbs.was_erased(customer, one[2])],
            "prompt": _prompt(site, kept.get("prompt", {})),
        }
        if not Transaction.objects.filter(customer=customer).exists():
            _history(customer, site)
    _write(path, facts)
    return facts


def _customer(password: str, secret: str) -> Customer:
    """Nordvik with its members, its first site and that site's key; registered as any customer is."""
    email = MEMBERS[0][2]
    found = (
        Membership.objects.filter(user__canonical_username=email, role=Role.OWNER).select_related("customer").first()
    )
    if found is None:
        first, last = MEMBERS[0][:2]
        made = verbs.register_customer(
            company="Nordvik",
            website="https://nordvik.example",
            email=email,
            password=password,
            first_name=first,
            last_name=last,
            agreed=[legal.current(document, "en") for document in (legal.TERMS, legal.PROCESSING)],
            by=SYSTEM,
        )
        mark_confirmed(made.user)
        customer = made.customer
        support.open_ticket(
            customer=customer,
            user=made.user,
            subject="Can we have more text messages?",
            text="We open a second shop in December. Can the daily limit be 2,000?",
            by=SYSTEM,
        )
    else:
        customer = found.customer
    for first, last, address, role in MEMBERS:
        user = _person(operator(), first, last, address, password=password)
        Membership.objects.get_or_create(user=user, customer=customer, defaults={"role": role})
        _enrol(user, BY_APP, secret)
    customer.refresh_from_db()
    return customer


def _person(customer: Customer, first: str, last: str, email: str, *, password: str = "", **fields: Any) -> User:
    """The user of this name, made at the first run; a member's password is the one that `demo.json` tells."""
    user = User.objects.filter(customer=customer, canonical_username=names.canonical(email)).first()
    if user is None:
        user = User(customer=customer, username=email, email=email, first_name=first, last_name=last, **fields)
        user.email_confirmed_at = timezone.now()
        user.set_unusable_password()
    if password and not user.check_password(password):
        user.set_password(password)
    user.save()
    return user


def _user(
    customer: Customer, known: dict[str, str], first: str, last: str, name: str, phone: str, dialect: str
) -> dict[str, str]:
    """An end user with an authenticator, as `demo.json` lists them."""
    user = _person(customer, first, last, name, phone=phone, dialect_method=dialect)
    method = by_compat_name(dialect) or ""
    secret = known.get(name) or (_app_secret() if method == BY_APP else "")
    _enrol(user, method, secret)
    return {"username": name, "email": name, "phone": phone, "method": method, "totp_secret": secret}


def _prompt(site: Site, kept: dict[str, str]) -> dict[str, str]:
    """The site's pair for the prompt, and somebody whose only method is an app, since no address is known."""
    client = PromptClient.objects.filter(site=site).first() or pairing.make_pair(site, SYSTEM)
    if not client.redirects:
        pairing.add_address(client, REDIRECT, False, SYSTEM)
    user = User.objects.filter(customer=site.customer, canonical_username=AT_PROMPT[2]).first()
    first, last, name = AT_PROMPT
    secret = kept.get("totp_secret") or _app_secret()
    if user is None and not verbs.was_erased(site.customer, name):
        user = verbs.create_user(site.customer, name, SYSTEM, first_name=first, last_name=last)
    if user is not None:  # who was erased stays so, in a demo too
        _enrol(user, BY_APP, secret)
    pair = {"client_id": client.client_id, "client_secret": client.secret, "redirect_uri": REDIRECT}
    return pair | {"username": name, "totp_secret": secret}


def _enrol(user: User, method: str, secret: str) -> None:
    """Give a user a confirmed authenticator; the address is what the method sends to."""
    chosen = METHODS[method]
    address = chosen.address_of(Addresses(user.email, str(user.phone or "")))
    authenticator, made = Authenticator.objects.get_or_create(
        user=user,
        method=method,
        address_hash=address_hash(address) if address else "",
        defaults={"customer_id": user.customer_id, "name": "", "confirmed": True, "address": address or None},
    )
    if made and chosen.asks_questions:
        chosen.propose(authenticator, QUESTIONS)
    if secret:
        authenticator.secret = secret
    authenticator.save()


def _history(customer: Customer, site: Site) -> None:
    """Two weeks of sign-ins, more on working days, so that lists and figures have something to show."""
    dice = random.Random("nordvik")  # noqa: S311  # the same at every first start
    now = timezone.now()
    mine = User.objects.filter(customer=customer).exclude(dialect_method="")
    users = list(mine.order_by("canonical_username"))
    moments = sorted(now - timedelta(minutes=dice.randint(30, 14 * 24 * 60)) for _ in range(90))
    whose = dice.choices(users, k=len(moments))
    rows = [_sign_in(dice, customer, site, *one) for one in zip(whose, moments, strict=True)]
    Transaction.objects.bulk_create(rows)
    for user, row in zip(whose, rows, strict=True):
        risk.sign_in(dice, user, site, row.public_id, row.created_at, proved=row.state == Transaction.State.APPROVED)
    rba.fold_all()
    Site.objects.filter(pk=site.pk).update(connected_at=moments[0], last_call_at=moments[-1])
    verbs.add_site(customer, "medlem.nordvik.example", "https://medlem.nordvik.example", SYSTEM)  # one to connect
    counting.sum_sign_ins(timedelta(days=15))


def _sign_in(dice: random.Random, customer: Customer, site: Site, user: User, moment: datetime) -> Transaction:
    chosen = METHODS[by_compat_name(user.dialect_method) or ""]
    refused = "denied" if chosen.polls else "failed"  # only a link can be denied, only a code be wrong
    state = dice.choices(("approved", "expired", refused), (90, 5, 5))[0]
    address = chosen.address_of(Addresses(user.email, str(user.phone or "")))
    ends = moment + timedelta(seconds=dice.randint(6, 50))
    return Transaction(
        id=risk.id_at(moment, dice),
        customer=customer,
        site=site,
        user=user,
        method=chosen.key,
        dialect_name=user.dialect_method,
        state=state,
        key_id=crypto.newest_key_id(),
        sent_to=" ".join(names.mask(part) for part in address.split()),
        tries=5 if state == "failed" else dice.choices((0, 1), (9, 1))[0],
        created_at=moment,
        expires_at=moment + timedelta(minutes=5),
        closed_at=moment + timedelta(minutes=5) if state == "expired" else ends,
    )


def _words() -> str:
    """A password that a person can type."""
    return "-".join(secrets.choice(WORDS) for _ in range(4))


def _app_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _write(path: Path, facts: dict[str, Any]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(facts, file, ensure_ascii=False, indent=1)
