"""The requests of each scenario as ready-made bytes, signed as a site signs them."""

import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.people import People, app_code, mailed_code
from mfa.models import Authenticator, Transaction

SUCCESS, WAITING = b'"SUCCESS"', b'"IN_PROGRESS"'


@dataclass(frozen=True)
class Batch:
    """Requests of one scenario, and what each answer must hold."""

    scenario: str
    requests: list[bytes]
    wanted: bytes = SUCCESS


class Maker:
    """Makes batches. Timestamps and codes are of this moment, so a batch is to be sent at once."""

    def __init__(self, people: People, port: int) -> None:
        self.people, self.port = people, port
        self._apps = iter(people.apps)
        self._last = 0

    def bare(self, number: int) -> Batch:
        return Batch("bare", [_http("/touch", self.port, {"id": n + 1}) for n in range(number)])

    def totp(self, number: int) -> Batch:
        """Sign-ins by app, each of somebody who has not signed in before."""
        return Batch("validate (app)", [self._signed("validate", self._by_app(app)) for app in self._take(number)])

    def status(self, opened: list[Transaction]) -> Batch:
        """What visitors' browsers ask, each from another network: a site's visitors do not sit in one office."""
        requests = [
            _http("/moas/api/auth/auth-status", self.port, {"txId": txn.public_id}, _from_elsewhere(n))
            for n, txn in enumerate(opened)
        ]
        return Batch("auth-status", requests, WAITING)

    def code(self, opened: list[Transaction]) -> Batch:
        bodies: Iterator[dict[str, Any]] = ({"txId": txn.public_id, "token": mailed_code(txn)} for txn in opened)
        return Batch("validate (code)", [self._signed("validate", body) for body in bodies])

    def challenge(self, number: int) -> Batch:
        names = [mail.user.username for mail in self.people.mails[:number]]
        return Batch("challenge", [self._signed("challenge", {"username": n, "authType": "EMAIL"}) for n in names])

    def _take(self, number: int) -> list[Authenticator]:
        return list(itertools.islice(self._apps, number))

    @staticmethod
    def _by_app(app: Authenticator) -> dict[str, Any]:
        return {"username": app.user.username, "authType": "GOOGLE AUTHENTICATOR", "token": app_code(app), "txId": None}

    def _signed(self, call: str, body: dict[str, Any]) -> bytes:
        self._last = max(self._last + 1, int(time.time() * 1000))  # each its own, and none too old
        number, timestamp = str(self.people.customer.number), str(self._last)
        digest = hashlib.sha512(f"{number}{timestamp}{self.people.key.secret}".encode()).hexdigest()
        headers = {"Customer-Key": number, "Timestamp": timestamp, "Authorization": digest, "charset": "UTF-8"}
        return _http(f"/moas/api/auth/{call}", self.port, {"customerKey": number, **body}, headers)


def _from_elsewhere(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.{number // 256 % 256}.{number % 256}.7"}


def _http(path: str, port: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> bytes:
    content = json.dumps(body)
    lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{port}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", content]).encode()
