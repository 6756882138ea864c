"""check_email_setup(): says in words what a mail set-up lacks, before anybody waits for a code."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import gateways
from accounts.gateways import mail
from accounts.gateways.contract import Outcome, Result, Unusable
from accounts.gateways.smtp import Smtp
from accounts.messages import reasons
from accounts.messages.reasons import Reason

ADVICE: dict[Reason, str | Promise] = {
    Reason.NO_NAME: gettext_lazy("Check how %(host)s is spelled in EMAIL_URL, and that this machine can ask its DNS."),
    Reason.NOT_REACHED: gettext_lazy(
        "Nothing answers at %(host)s, port %(port)s. Check the port (465 for smtps://, 587 for smtp+starttls://), and "
        "whether a firewall or the hosting company blocks outgoing mail."
    ),
    Reason.BAD_CERTIFICATE: gettext_lazy(
        "Use in EMAIL_URL the host name that stands in the certificate of %(host)s. If its authority is your own, name "
        "the authority's file in SMTP_CA_FILE."
    ),
    Reason.NO_TLS: gettext_lazy("%(host)s offers no STARTTLS at port %(port)s. Try smtps:// with port 465."),
    Reason.LOGIN_REFUSED: gettext_lazy(
        "Check user and password in EMAIL_URL; characters such as @ : / in them are written as %%40 %%3A %%2F. Some "
        "providers want a password made for programs."
    ),
    Reason.SENDER_REFUSED: gettext_lazy(
        "%(host)s does not let us send as %(sender)s. Set DEFAULT_FROM_EMAIL to an address that belongs to the account."
    ),
    Reason.TRY_LATER: gettext_lazy("%(host)s is busy, or limits how much you may send. Try again in some minutes."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is right, and a sentence or two for people."""

    ok: bool
    words: str


def check_email_setup() -> list[Finding]:
    """Go through the mail set-up as far as that is possible without sending. Takes ten seconds at most."""
    if not settings.EMAIL_URL:
        words = _(
            "EMAIL_URL is not set. Set it to smtps://user:password@host:465 or another address from .env.example."
        )
        return [Finding(False, words)]
    try:
        gateway, _breaker = gateways.gateway(settings.EMAIL_URL)
    except Unusable as error:
        return [Finding(False, _("EMAIL_URL cannot be used: %(why)s.") % {"why": error})]
    if isinstance(gateway, Smtp):
        return [_in_words(gateway, gateway.probe())]
    if gateway.parts.scheme == "file":
        return [Finding(True, _("Mail is written to the outbox file and leaves this machine for nobody."))]
    words = _("Mail goes out through %(service)s. Whether it takes it, only a message can show.")
    return [Finding(True, words % {"service": gateway.name})]


def _in_words(gateway: Smtp, result: Result) -> Finding:
    facts = {"host": gateway.host, "port": gateway.port, "sender": mail.sender_address()}
    if result.outcome is Outcome.ACCEPTED:
        return Finding(True, _("%(host)s takes our sign-in and mail from %(sender)s.") % facts)
    advice = ADVICE.get(result.reason) if result.reason else None
    return Finding(False, f"{reasons.in_words(result.words)} {str(advice) % facts if advice else ''}".strip())
