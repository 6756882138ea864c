"""A plugin as our tests play it: signs its calls as the clients do and reads the answers."""

import json
import time
from typing import Any

from django.test import Client
from django.utils import timezone
from django_otp.oath import hotp

from accounts.models import ApiKey
from accounts.signing import sign
from mfa import codes
from mfa.base32 import decode
from mfa.models import Transaction
from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXP"  # of an app, in tests
PUBLIC = ("16555", "fFd2XcvTGDemZvbw1bcUesNJWEqKbbUq")


class Plugin:
    """Calls /moas/ with a number and a key; `answer` is the last HTTP response."""

    def __init__(self, number: str, secret: str) -> None:
        self.number, self.secret = str(number), secret
        self.client = Client()
        self.answer: Any = None
        self._last = 0

    @classmethod
    def of(cls, key: ApiKey) -> "Plugin":
        return cls(str(key.customer.number), key.secret)

    def timestamp(self) -> str:
        """Milliseconds, never the same twice."""
        self._last = max(self._last + 1, int(time.time() * 1000))
        return str(self._last)

    def headers(self, timestamp: str | None = None) -> dict[str, str]:
        timestamp = timestamp or self.timestamp()
        return {
            "Customer-Key": self.number,
            "Timestamp": timestamp,
            "Authorization": sign(self.number, timestamp, self.secret),
        }

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """POST a JSON body; the parsed answer, or its text when it is no JSON."""
        raw = body if isinstance(body, str | bytes) else json.dumps(fields if body is None else body)
        sent = self.headers() if headers is None else headers
        self.answer = self.client.post(f"/moas/{path}", raw, content_type="application/json", headers=sent)
        try:
            return self.answer.json()
        except ValueError:
            return self.answer.content.decode()


UNSIGNED = {"Authorization": "Basic"}


def app_code(secret: str = SECRET) -> str:
    """What an app shows now."""
    return str(hotp(decode(secret), int(timezone.now().timestamp()) // 30, 6)).zfill(6)


def sent_code(reply: dict[str, Any]) -> str:
    """The code that the message of a challenge's answer holds."""
    return codes.derive(Transaction.objects.get(public_id=reply["txId"]))


def register(email: str = "owner@shop.example", **changes: str) -> Any:
    """The call by which a plugin registers its owner."""
    body = {
        "companyName": "shop.example",
        "areaOfInterest": "WordPress 2 Factor Authentication Plugin",
        "firstname": "",
        "lastname": "",
        "email": email,
        "phone": "",
        "password": PASSWORD,
    }
    return Plugin(*PUBLIC).post("rest/customer/add", body=body | changes)
