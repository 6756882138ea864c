"""Text messages and calls by our own small HTTP contract, for gateways that can say how it went.

    POST the address, with Authorization: Bearer TOKEN and {"to": "+4790000123", "text": "...", "id": "..."}

2xx means that the gateway has taken the message, any other status that it has not (504: it cannot say). The id stays
the same when a message is sent again, so that a gateway can tell.
"""

import ssl
from functools import cached_property
from urllib.parse import unquote, urlunsplit

import httpx

from accounts.gateways.contract import LOOPBACK, Gateway, Letter, Outcome, Result, Unusable
from accounts.gateways.status import by_status
from accounts.messages.reasons import Reason

TIMEOUT = httpx.Timeout(connect=3, write=3, read=7, pool=1)
# Nothing of ours had left when these were raised
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class HttpGateway(Gateway):
    """https://TOKEN@host/path"""

    schemes = ("https", "http")
    channels = ("sms", "voice")

    def __init__(self, url: str) -> None:
        super().__init__(url)
        host = self.parts.hostname or ""
        if not host:
            raise Unusable("it names no host; write it as https://TOKEN@host/path")
        if self.parts.scheme == "http" and host not in LOOPBACK:
            raise Unusable("http:// is for a gateway on this machine; use https://")
        self.token = unquote(self.parts.username or "")
        netloc = self.parts.netloc.rpartition("@")[2]
        self.address = urlunsplit((self.parts.scheme, netloc, self.parts.path or "/", self.parts.query, ""))

    @property
    def name(self) -> str:
        return f"{self.parts.scheme} {self.parts.hostname}"[:64]

    @cached_property
    def client(self) -> httpx.Client:
        """Follows no redirect and keeps no connection: on a kept one nobody can say whether a request arrived."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(timeout=TIMEOUT, follow_redirects=False, headers=headers, limits=limits)

    def send(self, letter: Letter) -> Result:
        body = {"to": letter.to, "text": letter.text, "id": letter.id}
        try:
            with self.client.stream("POST", self.address, json=body) as answer:  # its body is never read
                return by_status(answer.status_code, answer.headers.get("Retry-After", ""))
        except _BEFORE as error:
            return Result(Outcome.TRY_LATER, _why(error), ails=True)
        except httpx.TransportError:
            return Result(Outcome.UNKNOWN, Reason.NO_ANSWER, ails=True)


def _why(error: BaseException | None) -> Reason:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return Reason.BAD_CERTIFICATE
        error = error.__cause__ or error.__context__
    return Reason.NOT_REACHED
