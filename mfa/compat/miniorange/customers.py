"""customer/*: registration, keys, licence and support as plugins ask for them."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.utils import timezone, translation

from accounts import names, sending_limits, verbs
from accounts.backends import OperatorBackend, find_member
from accounts.limits import HOUR, Limit
from accounts.messages import verbs as messages
from accounts.models import ApiKey, Role, User
from accounts.support import verbs as support
from accounts.verbs import passwords
from mfa.compat.miniorange import words
from mfa.compat.miniorange.calling import PUBLIC, SIGNED, UNSIGNED, Call, Reply, Stop, atomic, endpoint
from mfa.models import Authenticator

WRONG_PASSWORD = "Invalid username or password. Please try again."  # noqa: S105  # a client looks at this text
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?(/.*)?")
_PLUGIN = re.compile(r"\[([^\]]{1,120})\]")


def _per_source(call: Call) -> None:
    """A shared web host sets up many sites from one address, about 30 calls a minute each (protocol.md §10)."""
    call.limited(Limit("customer calls", call.source.network_prefix, 400, 600))


def _about(call: Call, kind: str, email: str, allowed: int, by_all: int) -> tuple[Limit, Limit]:
    """Calls about one address in an hour: from one network, and from all. So one stranger cannot use up an owner's."""
    address = names.counted(email)
    near = Limit(kind, f"{address} {call.source.network_prefix}", allowed, HOUR)
    return near, Limit(f"{kind} by all", address, by_all, HOUR)


def _email(call: Call) -> str:
    email = call.body.needed("email", most=254)
    try:
        validate_email(email)
        names.canonical(email)
    except (ValidationError, names.UnusableName) as error:
        raise Stop("ERROR", "The e-mail address cannot be used.", "malformed") from error
    return email


@endpoint(UNSIGNED, PUBLIC)
def check_if_exists(call: Call) -> Reply:
    """Whether an address has an account; an operator may have it always answered no (HIDE_REGISTERED)."""
    _per_source(call)
    email = _email(call)
    call.limited(*_about(call, "exists", email, 60, 240))
    if settings.HIDE_REGISTERED or find_member(email) is None:
        return {"status": "CUSTOMER_NOT_FOUND", "message": "Customer not found."}
    return {"status": "SUCCESS", "message": "Customer found."}


@endpoint(PUBLIC)
def add(call: Call) -> Reply:
    """Register a customer; the same record as the page makes.

    The terms are agreed to at the first dashboard sign-in. With HIDE_REGISTERED a new address is answered as a known
    one: its owner opens the mailed link, then the plugin signs in with `customer/key`.
    """
    _per_source(call)
    call.limited(Limit("register", call.source.network_prefix, 60, HOUR))
    email, password = _email(call), call.body.raw("password")
    company = call.body.text("companyName", most=200) or email.rpartition("@")[2]
    first, last = call.body.text("firstname", "firstName", most=100), call.body.text("lastname", "lastName", most=100)
    _judge_password(password, User(username=email, email=email, first_name=first, last_name=last))
    website = f"https://{company}" if _HOST.fullmatch(company) else ""
    try:
        made = verbs.register_customer(
            company=company,
            email=email,
            password=password,
            first_name=first,
            last_name=last,
            phone=_phone(call),
            language=translation.get_language() or "en",
            website=website[:255],
            by=call.by,
        )
    except verbs.AlreadyRegistered as error:
        raise Stop(*_KNOWN[settings.HIDE_REGISTERED]) from error
    if settings.HIDE_REGISTERED:
        return dict(zip(("status", "message"), _KNOWN[True], strict=True))
    return {**_keys(made.key), "message": "Customer created. Confirm your e-mail address by the link we sent."}


# What an address that has an account is answered, and every address where that is hidden
_KNOWN = {
    False: ("CUSTOMER_USERNAME_ALREADY_EXISTS", "Customer already exists."),
    True: ("CUSTOMER_USERNAME_ALREADY_EXISTS", "Open the link that we mailed you, then sign in with your password."),
}


def _judge_password(password: Any, user: User) -> None:
    if not isinstance(password, str) or not password:
        raise Stop("ERROR", "password is missing.", "malformed")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Stop("FAILED", " ".join(error.messages), "malformed") from error


def _phone(call: Call) -> str:
    """The phone as it can be used; a registration never fails for it."""
    try:
        return sending_limits.number(call.body.text("phone", most=40))
    except sending_limits.UnusableNumber:
        return ""


@endpoint(UNSIGNED, PUBLIC)
def key(call: Call) -> Reply | HttpResponse:
    """A site's keys for its plugin password, or the first site's for the member's own while no second factor is set.

    A refusal is plain text: a client takes a body that is no JSON as "wrong e-mail or password".
    """
    _per_source(call)
    email, password = call.body.text("email", most=254), call.body.raw("password")
    call.limited(*_about(call, "key", email, 30, 120), Limit("key source", call.source.network_prefix, 300, HOUR))
    if not email or not isinstance(password, str) or not password or len(password) > 256:
        return _plain_refusal()
    found = verbs.find_by_plugin_password(email, password)
    if found is not None:
        return {**_keys(found.key), "phone": str(found.user.phone or ""), "message": "Signed in."}
    member = OperatorBackend().authenticate(None, username=email, password=password)
    first = _first_key(member) if member is not None else None
    if member is None or first is None:
        return _plain_refusal()
    return {**_keys(first), "phone": str(member.phone or ""), "message": "Signed in."}


def _first_key(member: User) -> ApiKey | None:
    """The key of the first site of the customer that this member registered; None once a second factor is set.

    Where it is hidden who is registered, None too until the address is confirmed: else whoever has just registered an
    address would learn by the key that it was new.
    """
    if settings.HIDE_REGISTERED and member.email_confirmed_at is None:
        return None
    if Authenticator.objects.filter(user=member, confirmed=True, expires_at=None).exists():  # switched off counts too
        return None
    live = ApiKey.objects.live().filter(site__is_first=True, site__archived_at=None, retires_at=None)
    owned = live.filter(customer__memberships__user=member, customer__memberships__role=Role.OWNER)
    return owned.select_related("customer", "site").order_by("customer__created_at").first()


def _keys(found: ApiKey) -> dict[str, Any]:
    customer = found.customer
    return {
        "status": "SUCCESS",
        "id": str(customer.number),
        "apiKey": found.secret,
        "token": customer.token_key,
        "appSecret": customer.app_secret,
    }


def _plain_refusal() -> HttpResponse:
    return HttpResponse(WRONG_PASSWORD, content_type="text/plain; charset=utf-8")


@endpoint(SIGNED, PUBLIC)
def password_reset(call: Call) -> Reply:
    """Mail a link to a member's address; the same answer for an unknown one."""
    _per_source(call)
    email = _email(call)
    call.limited(*_about(call, "reset", email, 5, 10), Limit("reset source", call.source.network_prefix, 30, HOUR))
    passwords.request_reset(email, call.by)
    return {"status": "SUCCESS", "message": "If the address is known, a link is on its way."}


@endpoint(UNSIGNED, PUBLIC, SIGNED, longest=32_000)
def contact_us(call: Call) -> HttpResponse:
    """A support ticket; `ccEmail` is ignored. One client compares the plain answer to the letter."""
    _per_source(call)
    call.limited(Limit("tickets", call.source.network_prefix, 20, HOUR))
    query = call.body.text("query", most=10_000, lines=True)
    plugin = _PLUGIN.match(query)
    support.open_ticket(
        subject=_visible(query[:120])[:80] or "A question without words",
        text=query,
        email=call.body.text("email", most=254),
        category=plugin[1] if plugin and plugin[1].isprintable() else "plugin",
        customer=call.caller.customer if call.caller is not None else None,
        by=call.by,
    )
    return HttpResponse("Query submitted.", content_type="text/plain; charset=utf-8")


def _visible(text: str) -> str:
    """One line of what can be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


@endpoint(SIGNED)
def license_(call: Call) -> Reply:
    """What our operator allows, as the plugin's free plan; the vendor's paid plans are the vendor's to sell."""
    application, kind = call.body.text("applicationName", most=80), call.body.text("licenseType", most=80)
    free = (kind.upper(), application.lower()) in {("DEMO", "-1"), ("DRUPAL_2FA_PLUGIN", "drupal_2fa")}
    if not free and kind.upper() != "DEMO":
        return {"status": "FAILED", "message": "This account has no such licence."}
    year = timezone.now().year + 10
    return {
        "status": "SUCCESS",
        "licenseType": kind,
        "licensePlan": kind,
        "noOfUsers": 1_000_000,
        "licenseExpiry": f"{year}-12-31 00:00:00",
        "supportExpiry": f"{year}-12-31 00:00:00",
        **words.limits_left(call.customer),
        "message": "What this server's operator allows.",
    }


@endpoint(SIGNED)
def getapp_secret(call: Call) -> Reply:
    return {"status": "SUCCESS", "appSecret": call.customer.app_secret, "message": ""}


@endpoint(UNSIGNED, PUBLIC, SIGNED)
def guest_audit(call: Call) -> Reply:
    """Usage telemetry with an e-mail address in it: answered, and nothing of it is kept."""
    _per_source(call)
    return {"status": "SUCCESS", "message": "Nothing was kept."}


@endpoint(PUBLIC, SIGNED)
def notify_send(call: Call) -> Reply:
    """With a published pair: feedback to the operator, relayed to nobody.

    With a site's key: a notice to its own people.
    """
    if call.is_public:
        return _feedback(call)
    return _relay(call)


def _feedback(call: Call) -> Reply:
    call.limited(Limit("tickets", call.source.network_prefix, 20, HOUR))
    mail = call.body.inner("email")
    content = mail.text("content", most=4096, lines=True)
    content = content or call.body.inner("sms").text("message", most=4096, lines=True)
    support.open_ticket(
        subject=mail.text("subject", most=200) or "Feedback from a plugin",
        text=content,
        email=mail.text("fromEmail", most=254),
        category="feedback",
        by=call.by,
    )
    return {"status": "SUCCESS", "message": "Passed on to the operator."}


@atomic
def _relay(call: Call) -> Reply:
    """Off unless the customer chose it.

    To addresses of its own members and users only, charged, from its own sender.
    """
    call.once(shared=True)
    if not call.customer.relays_notices or call.customer.confirmed_at is None:
        raise Stop("FAILED", "Notices of your own are switched off in the account's settings.")
    if not call.body.raw("sendEmail"):
        raise Stop("FAILED", "Only e-mail is relayed.")
    mail = call.body.inner("email")
    to, content = mail.needed("toEmail", most=254), mail.text("content", most=4096, lines=True)
    if mail.digits("customerKey") not in {"", str(call.customer.number)}:
        raise Stop("ERROR", "customerKey is not the number that signed this call.", "key")
    try:
        address = names.canonical(to)
    except names.UnusableName as error:
        raise Stop("ERROR", "The e-mail address cannot be used.", "malformed") from error
    people = User.objects.living().filter(canonical_email=address)
    known = people.filter(customer=call.customer) | people.filter(memberships__customer=call.customer)
    receiver = known.first()
    if receiver is None:
        raise Stop("FAILED", "Notices go to your own users and members only.", "unknown_user")
    exceeded = sending_limits.spend(call.customer, ("email",), receiver.email, "", user=receiver, site=call.site)
    if exceeded:
        raise Stop("FAILED", f"The sending limit is reached. Try again in {words.minutes(exceeded.wait)}.", "limit")
    messages.queue(
        "accounts.notice",
        customer=call.customer,
        channel="email",
        to=receiver.email,
        user=receiver,
        site=call.site,
        body=content,
        context={"subject": mail.text("subject", most=200)},
    )
    return {"status": "SUCCESS", "message": "Queued."}
