"""What people write to the published address: it makes a request, and the answer is a link that says nothing else.

Anybody can write any address into a mail's From. So a mail proves nothing: the answer goes to that address alone, is
the same whether anything is held or not, and the request waits for a proof like any other.
"""

import email
import imaplib
import re
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from typing import cast

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.html import strip_tags

from accounts import audit, crypto, limits, links, names
from accounts.http import NOWHERE
from accounts.limits import DAY, HOUR, Limit
from accounts.messages import verbs as messages
from accounts.models import Link, User
from accounts.verbs.customers import operator
from privacy import mailboxes
from privacy.models import PrivacyRequest
from privacy.moves import Kind
from privacy.verbs import apart, requesting

log = structlog.get_logger()
KIND = "privacy.mail_received"
TRACK = "privacy.track"  # the purpose of the answer's link
LASTS = timedelta(days=93)  # as long as an answer may take at most
AT_ONCE = 50
LONGEST_HEADER = 4000  # characters
MOST = 20  # people of one address: somebody may be known at several sites
# What is asked, by what stands in a mail, the first that fits; anything else is a question
WORDS: tuple[tuple[Kind, str], ...] = (
    (Kind.ERASURE, r"\b(eras|delet|forget|forgotten|slett|glem)"),
    (Kind.PORTABILITY, r"\b(portab|dataportab|take (it|my data|them) elsewhere)"),
    (Kind.RESTRICTION, r"\b(restrict|begrens)"),
    (Kind.OBJECTION_OTHER, r"\b(object|protest|motsett)"),
    (Kind.ACCESS, r"\b(access|cop(y|ies)|innsyn|kopi|what (do|data) you)"),
)
# What Python's parser raises at odd headers, besides what it says of them, and Django at tags without end
UNREADABLE = (
    *(MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError),
    SuspiciousOperation,
)
AUTOMATIC = ("List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Loop")


class Cut(EmailPolicy):
    """Python's own reading of mails, of headers that are cut: it takes time that grows with their square (S28)."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


POLICY = Cut()


def receive() -> int:
    """See to what is new in the mailbox; how many mails. One that cannot be reached is asked again by the next run."""
    if not settings.INBOUND_URL:
        return 0
    count = 0
    try:
        with mailboxes.opened(settings.INBOUND_URL) as box:
            for key, raw in box.new(AT_ONCE):
                take(raw)
                box.seen(key)
                count += 1
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("the inbound mailbox cannot be read", why=type(error).__name__)
    return count


def take(raw: bytes) -> Link | None:
    """See to one mail: the link that its sender is answered with, or None for what is no answer to be given to."""
    letter = _read(raw)
    if letter is None:
        return None
    sender, text = letter
    hashed = crypto.keyed_hash("inbound mail", names.canonical(sender))
    over = limits.hit([Limit("inbound sender", hashed, 3, DAY), Limit("inbound", "all", 500, HOUR)])
    if over is not None:
        return None
    return _answer(sender, text)


def _read(raw: bytes) -> tuple[str, str] | None:
    """The sender and the text of a mail that is to be answered; None for any other, and for one that cannot be read.

    Anybody can write a mail at which the parser fails: it must not keep those behind it waiting (security.md R11).
    """
    try:
        mail = cast(EmailMessage, email.message_from_bytes(raw, policy=POLICY))
        sender = sender_of(mail)
        is_answered = sender is not None and not _is_automatic(mail) and not _is_forged(mail)
        return (str(sender), _text(mail)) if is_answered else None
    except UNREADABLE as error:
        log.warning("a mail cannot be read", why=type(error).__name__)
        return None


@transaction.atomic
def _answer(sender: str, text: str) -> Link:
    """The requests of whoever is known by this address, and one answer that is the same where nobody is."""
    home = operator()
    kind = kind_of(text)
    found = User.objects.living().filter(_known_by(sender)).select_related("customer")
    for user in found.order_by("pk")[:MOST]:
        _request(user, kind, text)
    link = links.make(TRACK, lasts=LASTS, customer=home, value=sender)
    messages.queue(KIND, customer=home, channel="email", to=sender, link=link)
    return link


def _known_by(address: str) -> Q:
    """Who has this address, also where it is kept apart."""
    apart_too = Q(set_aside__at__isnull=False, set_aside__email_hash=apart.email_hash(address))
    return Q(canonical_email=names.canonical(address)) | apart_too


def _request(user: User, kind: Kind, text: str) -> None:
    try:
        with transaction.atomic():
            asked = requesting.Asked(kind=kind, text=text)
            requesting.make(user, asked, audit.stranger(NOWHERE), channel=PrivacyRequest.Channel.MAIL)
    except requesting.LastOwner:  # they learn it where they sign in; a mail is told nothing
        log.info("an only owner asked by mail to be erased")


def requests_of(link: Link) -> list[PrivacyRequest]:
    """The requests that an answer's link leads to: those of its address that came by mail."""
    rows = PrivacyRequest.objects.filter(
        channel=PrivacyRequest.Channel.MAIL, user__in=User.objects.filter(_known_by(link.value))
    )
    return list(rows.select_related("customer", "user").order_by("-pk")[:MOST])


def sender_of(mail: EmailMessage) -> str | None:
    """The one address in From, and never that in Reply-To; None where it is not one, or is our own."""
    found = [address for _name, address in getaddresses(mail.get_all("From", [])) if address]
    if len(found) != 1 or len(found[0]) > 254:
        return None
    try:
        validate_email(found[0])
        names.canonical(found[0])
    except (ValidationError, names.UnusableName):
        return None
    ours = {parseaddr(one)[1].casefold() for one in (settings.DEFAULT_FROM_EMAIL, settings.OPERATOR_CONTACT)}
    return None if found[0].casefold() in ours else found[0]


def _is_automatic(mail: EmailMessage) -> bool:
    """Whether no person wrote it: to answer that would begin a loop (RFC 3834 §2)."""
    if str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().casefold() != "no":
        return True
    if str(mail.get("Precedence", "")).strip().casefold() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    bounced = str(mail.get("Return-Path", "-")).strip() == "<>" or mail.get_content_type() == "multipart/report"
    local = (sender_of(mail) or "").partition("@")[0].casefold()
    robot = re.fullmatch(r"mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?", local)
    return bounced or robot is not None or any(mail.get(name) is not None for name in AUTOMATIC)


def _is_forged(mail: EmailMessage) -> bool:
    """Whether the server that took the mail in says that its sender is not who they claim (RFC 8601).

    The header that our own server wrote stands first; those below may be anybody's, so that they count for nothing.
    """
    said = str(next(iter(mail.get_all("Authentication-Results", [])), "")).casefold()
    results = dict(re.findall(r"\b(dmarc|spf|dkim)\s*=\s*(\w+)", said))
    if "dmarc" in results:
        return bool(results["dmarc"] == "fail")
    return results.get("spf") in {"fail", "softfail"} and results.get("dkim") != "pass"


def kind_of(text: str) -> Kind:
    """What a mail asks, as far as its words tell; a question where they do not."""
    return next((kind for kind, words in WORDS if re.search(words, text, re.IGNORECASE)), Kind.CLARIFICATION)


def _text(mail: EmailMessage) -> str:
    """Subject and text as people wrote them, cut to what a request holds."""
    part = mail.get_body(preferencelist=("plain", "html"))
    try:
        body = str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError):  # an encoding that there is not
        body = ""
    if part is not None and part.get_content_type() == "text/html":
        body = strip_tags(body)
    said = f"{mail.get('Subject', '')}\n\n{body}".encode(errors="replace").decode()
    return said.replace("\x00", "").strip()[: requesting.LONGEST]
