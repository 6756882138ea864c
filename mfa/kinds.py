"""The kinds of message that mfa sends: codes, links, and notices about a person's own factors."""

from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timesince

from accounts import links
from accounts.messages import kinds, rendering
from accounts.messages.kinds import Rendered, Withdrawn
from accounts.models import Message
from mfa import codes, sent
from mfa.methods import METHODS
from mfa.models import Transaction
from mfa.verbs import forgetting, notices, recovering, reporting
from rba import explain
from rba.models import RiskDecision

TEMPLATES = {"email": "mfa/code", "sms": "mfa/code_sms", "voice": "mfa/code_voice"}


def register() -> None:
    """Make them known to the outbox."""
    kinds.register(sent.CODE, code, lasts=600, is_code=True)
    kinds.register(sent.LINK, link, lasts=600, is_code=True)
    kinds.register(notices.CHANGED, about_method("mfa/factor_changed"))
    kinds.register("mfa.other_address", about_method("mfa/other_address"))
    kinds.register(notices.DEVICE_STOLEN, by_channel("mfa/device_stolen"))
    kinds.register(notices.ENROL, enrolment_link)
    kinds.register(notices.FEW_LEFT, about_method("mfa/few_left"))
    kinds.register(recovering.ASKED, about_recovery("mfa/recovery_asked"))
    kinds.register(recovering.ENDED, about_recovery("mfa/recovery_ended"))
    kinds.register(reporting.NOT_ME, not_me)
    kinds.register(notices.RISKY, risky)
    kinds.register(forgetting.HISTORY, risk_history)


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
        named = _of_channel(template, message)
        return rendering.render(named, message, method=method.label if method else "", user=message.user)

    return render


def by_channel(template: str) -> kinds.Renderer:
    """A renderer of notices that a text message carries as well, in fewer words."""
    return lambda message: rendering.render(_of_channel(template, message), message)


def enrolment_link(message: Message) -> Rendered:
    """A link that adds a method; Withdrawn once it was used or is over."""
    if message.link is None or not links.is_open(message.link):
        raise Withdrawn
    lasts = timesince(message.link.created_at, message.link.expires_at)
    return rendering.render("mfa/enrol", message, lasts=lasts)


def about_recovery(template: str) -> kinds.Renderer:
    """A renderer whose template gets the end of the wait as a moment. A notice with a link is withdrawn with it."""

    def render(message: Message) -> Rendered:
        if message.link is not None and not links.is_open(message.link):
            raise Withdrawn
        ready = message.context.get("ready")
        moment = datetime.fromisoformat(ready) if ready else None
        return rendering.render(_of_channel(template, message), message, ready=moment)

    return render


def not_me(message: Message) -> Rendered:
    """That a person says of a sign-in that it was not theirs, told to the customer's owners."""
    method = METHODS.get(message.context.get("method", ""))
    at = datetime.fromisoformat(message.context["at"])
    return rendering.render("mfa/not_me", message, method=method.label if method else "", at=at)


def risky(message: Message) -> Rendered:
    """That a sign-in looked risky, and why in plain words; Withdrawn once the person has said whose it was."""
    if message.link is None or not links.is_open(message.link):
        raise Withdrawn
    row = RiskDecision.objects.filter(customer=message.customer_id, pk=message.link.about).first()
    why = explain.sentence(row) if row is not None else ""
    return rendering.render("mfa/risky", message, why=why, at=datetime.fromisoformat(message.context["at"]))


def risk_history(message: Message) -> Rendered:
    """That a risk history was erased, or will be."""
    ends = message.context.get("ends")
    moment = datetime.fromisoformat(ends) if ends else None
    return rendering.render(_of_channel("mfa/risk_history", message), message, ends=moment)


def _of_channel(template: str, message: Message) -> str:
    return template if message.channel == Message.Channel.EMAIL else f"{template}_sms"


def _open_transaction(message: Message) -> Transaction:
    rows = Transaction.objects.select_related("customer", "site", "user")
    txn = rows.filter(customer=message.customer_id, public_id=message.transaction).first()
    if txn is None or txn.state != Transaction.State.PENDING or txn.expires_at <= timezone.now():
        raise Withdrawn
    return txn
