"""E-mail through a hosted service, by django-anymail."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from anymail.exceptions import AnymailError, AnymailRequestsAPIError
from django.utils.module_loading import import_string
from urllib3.exceptions import NewConnectionError

from accounts.gateways import mail
from accounts.gateways.contract import LOOPBACK, Gateway, Letter, Outcome, Result, Unusable
from accounts.gateways.status import by_status
from accounts.messages.reasons import Reason

# What each service calls the key that stands before the @
KEYS = {"mailgun": "api_key", "postmark": "server_token", "brevo": "api_key", "resend": "api_key"}
SECONDS = 10


class HostedMail(Gateway):
    """anymail+mailgun://KEY@mail.example.org, anymail+postmark://KEY@, anymail+brevo://KEY@, anymail+resend://KEY@

    `?api_url=` names another address of the service's API, such as Mailgun's in the EU.
    """

    schemes = tuple(f"anymail+{service}" for service in KEYS)
    channels = ("email",)

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.service = self.parts.scheme.partition("+")[2]
        if not self.parts.username:
            raise Unusable(f"it holds no key; write it as {self.parts.scheme}://KEY@domain")
        self.options: dict[str, Any] = {KEYS[self.service]: unquote(self.parts.username), "timeout": SECONDS}
        if self.service == "mailgun":
            if not self.parts.hostname:
                raise Unusable("it names no domain; write it as anymail+mailgun://KEY@domain")
            self.options["sender_domain"] = self.parts.hostname
        for api_url in parse_qs(self.parts.query).get("api_url", [])[:1]:
            target = urlsplit(api_url)
            if target.scheme != "https" and target.hostname not in LOOPBACK:
                raise Unusable("its api_url is not https")
            self.options["api_url"] = api_url

    @property
    def name(self) -> str:
        return self.service

    def send(self, letter: Letter) -> Result:
        backend = import_string(f"anymail.backends.{self.service}.EmailBackend")(**self.options)
        try:
            backend.send_messages([mail.compose(letter)])
        except AnymailRequestsAPIError as error:
            return _judge(error)
        except (AnymailError, ValueError):  # every recipient refused, or a header that cannot be
            return Result(Outcome.REFUSED, Reason.REFUSED)
        return Result(Outcome.ACCEPTED)


def _judge(error: AnymailRequestsAPIError) -> Result:
    answer: requests.Response | None = getattr(error, "response", None)
    if answer is not None:
        return by_status(answer.status_code, answer.headers.get("Retry-After", ""))
    cause = error.__cause__
    if isinstance(cause, requests.exceptions.SSLError):
        return Result(Outcome.TRY_LATER, Reason.BAD_CERTIFICATE, ails=True)
    if isinstance(cause, requests.exceptions.ConnectTimeout) or _never_connected(cause):
        return Result(Outcome.TRY_LATER, Reason.NOT_REACHED, ails=True)
    return Result(Outcome.UNKNOWN, Reason.NO_ANSWER, ails=True)


def _never_connected(cause: BaseException | None) -> bool:
    inner = cause.args[0] if cause is not None and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)
