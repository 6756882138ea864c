"""Text messages by Apprise, for providers that our HTTP contract does not reach. It says yes or no, and no more."""

import time
from typing import Any
from urllib.parse import parse_qs, quote

from accounts.gateways.contract import Gateway, Letter, Outcome, Result, Unusable
from accounts.messages.reasons import Reason

SLOW = 3.0  # seconds after which a no is rather the provider's trouble than this number's


class Notifier(Gateway):
    """An Apprise address with {to} where the number belongs: twilio://SID:TOKEN@FROM/{to}

    A no counts as refused, and the next provider is tried. Only the schemes of providers of text messages are let
    through, since Apprise also knows such as would call any address or write any file; certificates are always checked,
    and no redirect is followed.
    """

    schemes = (
        "atalk",
        "bulksms",
        "burstsms",
        "clickatell",
        "clicksend",
        "cm",
        "d7sms",
        "elks",
        "infobip",
        "kavenegar",
        "msgbird",
        "nexmo",
        "octopush",
        "plivo",
        "seven",
        "sinch",
        "sns",
        "telnyx",
        "twilio",
        "vonage",
    )
    channels = ("sms", "voice")

    def __init__(self, url: str) -> None:
        super().__init__(url)
        if "{to}" not in url:
            raise Unusable("it has no {to} where the number belongs, as in twilio://SID:TOKEN@FROM/{to}")
        if {"verify", "redirect"} & set(parse_qs(self.parts.query)):
            raise Unusable("certificates are always checked and redirects never followed: leave those options out")
        if self._service("+4790000123") is None:
            raise Unusable(f"Apprise cannot read this address of {self.parts.scheme}")

    @property
    def name(self) -> str:
        return f"{self.parts.scheme} by Apprise"

    def send(self, letter: Letter) -> Result:
        service = self._service(letter.to)
        if service is None:
            return Result(Outcome.REFUSED, Reason.BAD_ADDRESS)
        began = time.monotonic()
        if service.notify(body=letter.text):
            return Result(Outcome.ACCEPTED)
        return Result(Outcome.REFUSED, Reason.REFUSED, ails=time.monotonic() - began > SLOW)

    def _service(self, number: str) -> Any:
        """An Apprise object for one number, or None when it cannot be read."""
        import apprise  # takes longer to import than all the rest of this app

        service = apprise.Apprise(asset=apprise.AppriseAsset(http_redirects=False, secure_logging=True))
        return service if service.add(self.url.replace("{to}", quote(number, safe=""))) else None
