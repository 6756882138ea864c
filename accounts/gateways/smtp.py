"""E-mail by SMTP, always encrypted beyond this machine, with an outcome for every moment a connection can end in.

Django composes the mail. The conversation is smtplib's own, since only it tells a connection that ended before the
message was handed over from one that ended after it.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail.message import sanitize_address

from accounts.gateways import mail
from accounts.gateways.contract import LOOPBACK, Gateway, Letter, Outcome, Result, Unusable
from accounts.messages.reasons import Reason

SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
ACCEPTED = Result(Outcome.ACCEPTED)
_ENHANCED = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463; the only part of a server's text that we keep


class _Talk(smtplib.SMTP):
    """A conversation that ends in time, and that knows whether the server may hold the whole message."""

    handed_over = False

    def __init__(self, host: str, port: int, **options: Any) -> None:
        self.deadline = time.monotonic() + SECONDS
        name = urlsplit(settings.PUBLIC_URL).hostname or "localhost"  # smtplib would ask the DNS for our name
        super().__init__(host, port, timeout=SECONDS, local_hostname=name, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(0.1, self.deadline - time.monotonic()))
        code, text = super().getreply()
        if code == 354:  # "start mail input": what we write from here on may arrive, whatever we hear of it
            self.handed_over = True
        return code, text


class _TalkOverTls(_Talk, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Smtp(Gateway):
    """smtps://user:password@host:465, smtp+starttls://user:password@host:587, or smtp://localhost:25 for a relay."""

    schemes = tuple(PORTS)
    channels = ("email",)

    def __init__(self, url: str) -> None:
        super().__init__(url)
        try:
            self.host, self.port = self.parts.hostname or "", self.parts.port or PORTS[self.parts.scheme]
        except ValueError as error:
            raise Unusable("the port is not a number") from error
        if not self.host:
            raise Unusable("it names no host; write it as smtps://user:password@host:465")
        if self.parts.scheme == "smtp" and self.host not in LOOPBACK:
            raise Unusable("smtp:// is for a relay on this machine; use smtps:// or smtp+starttls://")
        self.user, self.password = unquote(self.parts.username or ""), unquote(self.parts.password or "")

    @property
    def name(self) -> str:
        return f"{self.parts.scheme} {self.host}"[:64]

    def send(self, letter: Letter) -> Result:
        try:
            composed: Any = mail.compose(letter).message()
            message = composed.as_bytes(linesep="\r\n")
            sender, to = sanitize_address(mail.sender_address(), "utf-8"), sanitize_address(letter.to, "utf-8")
        except ValueError:
            return Result(Outcome.REFUSED, Reason.BAD_ADDRESS)
        return self._converse(lambda talk: talk.sendmail(sender, [to], message))

    def probe(self) -> Result:
        """Everything that sending does, up to our sender address, and no message."""

        def ask(talk: smtplib.SMTP) -> None:
            code, text = talk.mail(sanitize_address(mail.sender_address(), "utf-8"))
            if code != 250:
                raise smtplib.SMTPSenderRefused(code, text, "")

        return self._converse(ask)

    def _converse(self, say: Callable[[smtplib.SMTP], object]) -> Result:
        talk: _Talk | None = None
        try:
            talk = self._connect()
            self._enter(talk)
            say(talk)
        except UnicodeError:  # an address that only SMTPUTF8 could carry
            return Result(Outcome.REFUSED, Reason.BAD_ADDRESS)
        except OSError as error:  # every error of smtplib is one
            return judge(error, handed_over=talk is not None and talk.handed_over)
        finally:
            if talk is not None:
                _part(talk)
        return ACCEPTED

    def _connect(self) -> _Talk:
        if self.parts.scheme == "smtps":
            return _TalkOverTls(self.host, self.port, context=_context())
        return _Talk(self.host, self.port)

    def _enter(self, talk: _Talk) -> None:
        talk.ehlo_or_helo_if_needed()
        if self.parts.scheme == "smtp+starttls":
            if not talk.has_extn("starttls"):
                raise NoTls
            talk.starttls(context=_context())
        if self.user:
            talk.login(self.user, self.password)


class NoTls(smtplib.SMTPException):
    """The server offers no STARTTLS, so nothing is said to it."""


def _context() -> ssl.SSLContext:
    """Certificates and names are always checked; SMTP_CA_FILE names the authority of a server of one's own."""
    return ssl.create_default_context(cafile=settings.SMTP_CA_FILE or None)


def _part(talk: _Talk) -> None:
    """Say goodbye without waiting for an answer, which would change nothing."""
    try:
        if talk.sock is not None:
            talk.putcmd("quit")
    except OSError:
        pass  # it is gone already
    finally:
        talk.close()


def judge(error: OSError, handed_over: bool) -> Result:
    """The outcome that an error of smtplib or of the network stands for."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _ails(Reason.LOGIN_REFUSED, _detail(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return _ails(Reason.NOT_REACHED, _detail(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _by_code(error.smtp_code, error.smtp_error, Reason.SENDER_REFUSED)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, error.smtp_error, Reason.REFUSED)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(*next(iter(error.recipients.values())), Reason.REFUSED)
    if isinstance(error, NoTls):
        return _ails(Reason.NO_TLS)
    if isinstance(error, smtplib.SMTPNotSupportedError):  # no way to sign in that both sides know
        return _ails(Reason.LOGIN_REFUSED)
    return _by_network(error, handed_over)


def _by_network(error: OSError, handed_over: bool) -> Result:
    if handed_over:
        return Result(Outcome.UNKNOWN, Reason.NO_ANSWER, ails=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _ails(Reason.BAD_CERTIFICATE, error.verify_message)
    if isinstance(error, socket.gaierror):
        return _ails(Reason.NO_NAME)
    return _ails(Reason.NOT_REACHED)


def _by_code(code: int, text: bytes | str, reason: Reason) -> Result:
    detail = _detail(code, text)
    if code >= 500:
        return Result(Outcome.REFUSED, reason, detail)
    # 421 is the server's own trouble; other 4xx are about this mailbox (greylisting, a full one)
    return Result(Outcome.TRY_LATER, Reason.TRY_LATER, detail, ails=code == 421)


def _ails(reason: Reason, detail: str = "") -> Result:
    return Result(Outcome.TRY_LATER, reason, detail, ails=True)


def _detail(code: int, text: bytes | str) -> str:
    raw = text if isinstance(text, bytes) else text.encode(errors="replace")
    found = _ENHANCED.search(raw)
    return f"{code} {found.group().decode()}" if found else str(code)
