"""The kinds of message that mfa sends: codes, links, and notices about a person's own factors."""

from django.utils import timezone

from accounts import links
from accounts.messages import kinds, rendering
from accounts.messages.kinds import Rendered, Withdrawn
from accounts.models import Message
from mfa import codes, sent
from mfa.methods import METHODS
from mfa.models import Transaction

TEMPLATES = {"email": "mfa/code", "sms": "mfa/code_sms", "voice": "mfa/code_voice"}


def register() -> None:
    """Make them known to the outbox."""
    kinds.register(sent.CODE, code, lasts=600, is_code=True)
    kinds.register(sent.LINK, link, lasts=600, is_code=True)
    kinds.register("mfa.factor_changed", about_method("mfa/factor_changed"))
    kinds.register("mfa.other_address", about_method("mfa/other_address"))


def code(message: Message) -> Rendered:
    """A code, derived here and now; Withdrawn once its transaction has ended."""
    txn = _open_transaction(message)
    minutes = max(1, round((txn.expires_at - txn.created_at).total_seconds() / 60))
    facts = {"code": codes.derive(txn), "minutes": minutes, "site": txn.site, "user": txn.user}
    return rendering.render(TEMPLATES[message.channel], message, **facts)


def link(message: Message) -> Rendered:
    """A link to the page where the person allows or denies."""
    txn = _open_transaction(message)
    if message.link is None:
        raise Withdrawn
    minutes = max(1, round((txn.expires_at - txn.created_at).total_seconds() / 60))
    facts = {"url": links.url(message.link), "minutes": minutes, "site": txn.site, "user": txn.user}
    return rendering.render("mfa/email_link", message, at=txn.created_at, place=txn.country, **facts)


def about_method(template: str) -> kinds.Renderer:
    """A renderer whose template gets the method's label for the key in the message's context."""

    def render(message: Message) -> Rendered:
        method = METHODS.get(message.context.get("method", ""))
        return rendering.render(template, message, method=method.label if method else "", user=message.user)

    return render


def _open_transaction(message: Message) -> Transaction:
    rows = Transaction.objects.select_related("customer", "site", "user")
    txn = rows.filter(customer=message.customer_id, public_id=message.transaction).first()
    if txn is None or txn.state != Transaction.State.PENDING or txn.expires_at <= timezone.now():
        raise Withdrawn
    return txn
