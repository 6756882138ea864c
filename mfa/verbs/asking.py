"""begin(): open a transaction and ask for proof."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import agreeing, apart, crypto, names, sending_limits
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import Customer, Site, User
from accounts.together import Insert, write
from accounts.verbs.customers import operator
from mfa.contract import METHODS, Addresses, Begun, Method, Reason, Refusal
from mfa.models import AddressGuard, Authenticator, Transaction
from mfa.policies import Effective, Rule
from mfa.verbs import locking

State, Purpose = Transaction.State, Transaction.Purpose


def begin(
    customer: Customer,
    *,
    method: str,
    by: Actor,
    user: User | None = None,
    email: str = "",
    phone: str = "",
    site: Site | None = None,
    dialect_name: str = "",
    authenticator: Authenticator | None = None,
    rules: Effective | None = None,
    asks_terms: bool = True,
    visitor: str = "",
    for_rights: bool = False,
) -> Begun | Refusal:
    """Open one transaction of `method` and ask: the only road to a challenge.

    With a user their own addresses are used unless others are given, or those of `authenticator`, which the person
    chose among their own. Another address than the one we know, or than one that the person bound on our pages, proves
    that address alone (purpose ENROL); the known one is told. Without a user a code can go to the given address, which
    then counts for itself. An older open transaction of the same person and method ends. Where `rules` are given, the
    method must be among those that the policy allows. Refusals write and send nothing.

    Who has not agreed to the customer's terms is refused, unless a dialect asks, which has no word for that, and the
    customer's sites say that they ask. The person's own pages turn `asks_terms` off: who says no keeps their rights.
    `visitor` names the lane in which wrong answers will count, as in `verify`: where others answered wrongly nobody
    waits (security.md S20). Who is `for_rights` proves who asks about their data, which may be out of use.
    """
    chosen = METHODS[method]
    if for_rights and user is not None:
        user = apart.whole(user)
    on_word = bool(dialect_name) and agreeing.sites_word_counts(user, customer)
    refusal = _may_begin(
        customer, chosen, user, email or phone, asks_terms=asks_terms and not on_word, for_rights=for_rights
    )
    if refusal:
        return refusal
    if rules is not None and not rules.allows(chosen):
        return Refusal(Reason.POLICY)
    bound = _bound_address(authenticator, user, chosen)
    if bound:
        email, phone = (bound, "") if "email" in chosen.channels else ("", bound)
    try:
        known = Addresses(user.email, str(user.phone or "")) if user else Addresses()
        to = _addresses(customer, known, email, phone)
    except (sending_limits.UnusableNumber, names.UnusableName):
        return Refusal(Reason.BAD_ADDRESS)
    if rules is not None and _is_abroad(chosen, to, rules):
        return Refusal(Reason.COUNTRY)
    refusal = _may_send(customer, chosen, to, user, site)
    if refusal:
        return refusal
    is_known = user is not None and chosen.address_of(to) in (chosen.address_of(known), bound)
    purpose = Purpose.SIGN_IN if is_known else Purpose.ENROL
    begun = _open(customer, chosen, user, to, site, purpose, dialect_name, rules, visitor)
    return _with_sites_word(begun, user, by) if on_word else begun


def begin_unnamed(
    customer: Customer, *, method: str, verifies_user: bool = True, asks_terms: bool = True
) -> Begun | Refusal:
    """Open a transaction whose response will say who answers: a passkey that needs no name typed (discoverable).

    Where there are terms nobody whom we do not know has agreed to them; our own doors turn `asks_terms` off.
    """
    if customer.suspended_at:
        return Refusal(Reason.SUSPENDED)
    if asks_terms and _must_agree(customer, None):
        return Refusal(Reason.CONSENT)
    txn = _new(customer, METHODS[method], None, Purpose.SIGN_IN, "", None)
    txn.verifies_user = verifies_user
    prompt = METHODS[method].challenge(txn, None, Addresses())
    txn.save(force_insert=True)
    return Begun(txn, prompt)


def begin_registration(method: str, email: str, phone: str) -> Begun | Refusal:
    """A code to an address that is being registered, where there is no customer yet: it belongs to the operator."""
    home, chosen = operator(), METHODS[method]
    try:
        to = _addresses(home, Addresses(), email, phone)
    except (sending_limits.UnusableNumber, names.UnusableName):
        return Refusal(Reason.BAD_ADDRESS)
    refusal = _may_send(home, chosen, to, None, None)
    return refusal or _open(home, chosen, None, to, None, Purpose.REGISTER, chosen.compat_names[0])


def _may_begin(
    customer: Customer,
    method: Method,
    user: User | None,
    address: str,
    *,
    asks_terms: bool,
    for_rights: bool,
) -> Refusal | None:
    """What no address or limit changes: whether customer and user may take part, agreed, and the method is enrolled."""
    if customer.suspended_at:
        return Refusal(Reason.SUSPENDED)
    if user is None and (method.needs_enrolment or not address):
        return Refusal(Reason.UNKNOWN_USER)
    if user is not None and (not user.is_active or (user.restricted_at and not for_rights)):
        return Refusal(Reason.DISABLED)
    return Refusal(Reason.CONSENT) if asks_terms and _must_agree(customer, user) else None


def _must_agree(customer: Customer, user: User | None) -> bool:
    """Whether there are terms that this person has not agreed to; nobody whom we do not know has."""
    return customer.terms_needed > 0 if user is None else agreeing.is_missing(user, customer)


def _with_sites_word(begun: Begun | Refusal, user: User | None, by: Actor) -> Begun | Refusal:
    """The same, having recorded as the site's word that it asked this person, where that was not known yet."""
    if isinstance(begun, Begun) and user is not None and agreeing.is_missing(user, begun.transaction.customer):
        agreeing.take_sites_word(user, begun.transaction.site, by)
    return begun


def _bound_address(authenticator: Authenticator | None, user: User | None, method: Method) -> str:
    """The address of an authenticator that its person bound on our own pages, where one address is all it takes."""
    if authenticator is None or user is None or len(method.channels) != 1:
        return ""
    if authenticator.user_id != user.pk or authenticator.method != method.key or not authenticator.bound_here:
        return ""
    return authenticator.address or ""


def _addresses(customer: Customer, known: Addresses, email: str, phone: str) -> Addresses:
    """Where to send: what was given, or what is known. A customer may choose that only known addresses count."""
    if customer.strict_addresses and (known.email or known.phone):
        return known
    if email:
        names.canonical(email)
        if "@" not in email[1:-1] or len(email) > 254 or " " in email:
            raise names.UnusableName("not an address")
    return Addresses(email or known.email, sending_limits.number(phone) if phone else known.phone)


def _may_send(
    customer: Customer, method: Method, to: Addresses, user: User | None, site: Site | None
) -> Refusal | None:
    """Whether the method's messages may go out now; counts them against the sending limits."""
    if not method.channels:
        return None
    if not method.address_of(to):
        return Refusal(Reason.NO_ADDRESS)
    has_provider = settings.SMS_URLS or settings.VOICE_URLS or customer.is_test  # whose messages go nowhere
    if set(method.channels) - {"email"} and not has_provider:
        return Refusal(Reason.NOT_OFFERED)
    if customer.confirmed_at is None and not _is_owners(customer, method, to):
        return Refusal(Reason.NOT_CONFIRMED)
    try:
        exceeded = sending_limits.spend(customer, method.channels, to.email, to.phone, user=user, site=site)
    except sending_limits.CountryNotAllowed:
        return Refusal(Reason.COUNTRY)
    return Refusal(Reason.LIMITED, exceeded.wait) if exceeded else None


def _is_abroad(method: Method, to: Addresses, rules: Effective) -> bool:
    """Whether a message would go to a country that the policy leaves out; the customer's own list holds as well."""
    allowed = rules.value(Rule.SMS_COUNTRIES)
    by_phone = set(method.channels) - {"email"} and to.phone
    return bool(allowed and by_phone and sending_limits.country_of(to.phone) not in allowed)


def _is_owners(customer: Customer, method: Method, to: Addresses) -> bool:
    """Before its address is confirmed, a customer may send codes to the registered address only."""
    if method.channels != ("email",):
        return False
    return customer.memberships.filter(user__canonical_email=names.canonical(to.email)).exists()


@transaction.atomic(savepoint=False)
def _open(
    customer: Customer,
    method: Method,
    user: User | None,
    to: Addresses,
    site: Site | None,
    purpose: str,
    dialect_name: str,
    rules: Effective | None = None,
    visitor: str = "",
) -> Begun | Refusal:
    txn = _new(customer, method, site, purpose, dialect_name, rules)
    txn.user, now = user, txn.created_at
    address = method.address_of(to)
    txn.sent_to = " ".join(names.mask(part) for part in address.split())
    if user is None:
        txn.guard = _guard(customer, address)
    else:
        txn.authenticator = None if method.has_several else _authenticator(method, user, address)
        if txn.authenticator is None and not (method.has_several and _has_any(method, user)):
            return Refusal(Reason.NOT_ENROLLED)
    refusal = locking.waiting(txn.authenticator or txn.guard, visitor, now)
    if refusal:
        return refusal
    locking.end_older(txn, now)
    prompt = method.challenge(txn, txn.authenticator, to)
    write(Insert(txn))
    if user is not None and purpose == Purpose.ENROL and user.email:
        _tell_known_address(txn, user)
    return Begun(txn, prompt)


def _new(
    customer: Customer, method: Method, site: Site | None, purpose: str, dialect_name: str, rules: Effective | None
) -> Transaction:
    now = timezone.now()
    txn = Transaction(customer=customer, site=site, method=method.key, purpose=purpose)
    txn.dialect_name, txn.key_id = dialect_name[:64], crypto.newest_key_id()
    txn.code_length, txn.created_at = customer.code_length, now
    txn.expires_at = now + timedelta(seconds=customer.code_seconds)
    if rules is not None:
        txn.tries_allowed, txn.verifies_user = rules.value(Rule.TRIES), rules.value(Rule.VERIFY_USER)
    return txn


def _has_any(method: Method, user: User) -> bool:
    return Authenticator.objects.active().filter(user=user, method=method.key).exists()


def _guard(customer: Customer, address: str) -> AddressGuard:
    digest = address_hash(address)
    guard, _made = AddressGuard.objects.select_for_update(no_key=True).get_or_create(
        customer=customer, address_hash=digest
    )
    return guard


def _authenticator(method: Method, user: User, address: str) -> Authenticator | None:
    """The user's authenticator of this method and address, locked.

    A living pass first, made where an address is enough.
    """
    now = timezone.now()
    digest = address_hash(address) if address else ""
    found = locking.fitting(user_id=user.pk, method=method.key, digest=digest, now=now)
    passes = [
        one for one in found if one.is_usable and one.expires_at and one.uses_left and address == (one.address or "")
    ]
    lasting = [one for one in found if one.expires_at is None]
    if passes:
        return passes[0]
    if lasting:
        one = lasting[0]
        usable = one.suspended_at is None and (one.confirmed or not method.needs_enrolment)
        return one if usable else None
    if method.needs_enrolment:
        return None
    made, _new = Authenticator.objects.select_for_update(no_key=True).get_or_create(
        user=user,
        method=method.key,
        address_hash=digest,
        expires_at=None,
        defaults={
            "customer_id": user.customer_id,
            "name": "",
            "confirmed": False,
            "address": None if user.restricted_at else address,
        },
    )
    return made


def address_hash(address: str) -> str:
    """The keyed hash that an authenticator or a guard is found by."""
    return crypto.keyed_hash("address of authenticator", address.casefold())


def _tell_known_address(txn: Transaction, user: User) -> None:
    """Whoever holds the known address learns that a code went elsewhere (security.md S9)."""
    messages.queue(
        "mfa.other_address",
        customer=txn.customer,
        site=txn.site,
        user=user,
        channel="email",
        to=user.email,
        context={"method": txn.method, "sent_to": txn.sent_to},
    )


__all__ = ("address_hash", "begin", "begin_registration", "begin_unnamed")
