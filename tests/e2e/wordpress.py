"""A WordPress site with the miniOrange plugin, as `docs/protocol.md` tells what it sends."""

import hashlib
import json
import re
import time
from typing import Any

import httpx
from django_otp.oath import hotp

from mfa.base32 import decode
from mfa.methods.totp import DIGITS, PERIOD
from tests.e2e.person import Person
from tests.e2e.server import Server

PUBLISHED = ("16555", "fFd2XcvTGDemZvbw1bcUesNJWEqKbbUq")
PASSWORD = "a sentence nobody guesses"  # of every owner
CONNECTOR = "1.0; plugin=6.2.4; mode=cloud; users-on-site=0"


class Site:
    """Signs its calls with the customer's number and its own key. `answer` is the last response."""

    def __init__(self, server: Server, number: str = PUBLISHED[0], secret: str = PUBLISHED[1]) -> None:
        self.number, self.secret = number, secret
        self.client = server.client()
        self.answer: httpx.Response
        self._last = 0

    def headers(self, timestamp: str = "") -> dict[str, str]:
        """Signed; milliseconds are never the same twice unless given."""
        self._last = max(self._last + 1, int(time.time() * 1000))
        timestamp = timestamp or str(self._last)
        digest = hashlib.sha512(f"{self.number}{timestamp}{self.secret}".encode()).hexdigest()
        return {
            "Content-Type": "application/json",
            "charset": "UTF-8",
            "Customer-Key": self.number,
            "Timestamp": timestamp,
            "Authorization": digest,
            "X-Kumquat-Connect": CONNECTOR,
        }

    def call(self, path: str, **fields: Any) -> dict[str, Any]:
        """A signed call; the answer's JSON."""
        body = {"customerKey": self.number, **fields}
        return dict(self.send(path, json.dumps(body).encode(), self.headers()).json())

    def ask(self, path: str, **fields: Any) -> Any:
        """An unsigned call; the answer's JSON, or its text when it is none."""
        headers = {"Content-Type": "application/json", "Authorization": "Basic"}
        answer = self.send(path, json.dumps(fields).encode(), headers)
        return answer.json() if answer.headers["Content-Type"] == "application/json" else answer.text

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        self.answer = self.client.post(f"/moas/{path}", content=body, headers=headers)
        return self.answer


def app_code(secret: str) -> str:
    """What an authenticator app with this secret shows now."""
    return str(hotp(decode(secret), int(time.time()) // PERIOD, DIGITS)).zfill(DIGITS)


def register(server: Server, name: str) -> Site:
    """Register as the plugin does, for the owner `owner@NAME`; the site with its own keys."""
    made = Site(server).call(
        "rest/customer/add",
        companyName=name,
        areaOfInterest="WordPress 2 Factor Authentication Plugin",
        firstname="",
        lastname="",
        email=f"owner@{name}",
        phone="",
        password=PASSWORD,
    )
    assert made["status"] == "SUCCESS", made
    return Site(server, str(made["id"]), made["apiKey"])


def confirm(server: Server, address: str) -> Person:
    """Open the mailed link and press its button."""
    person = Person(server)
    person.open(server.letter(to=address, channel="email").link)
    person.answer_form()
    return person


def status(site: Site, path: str, **fields: object) -> str:
    """The status that a signed call is answered with."""
    return str(site.call(path, **fields)["status"])


def forget_steps(server: Server, name: str) -> None:
    """As if half a minute had passed since the last code."""
    server.sql(
        "UPDATE mfa_authenticator SET last_step = -1, drift = 0, failures = 0 "
        "WHERE user_id = (SELECT id FROM accounts_user WHERE canonical_username = %s)",
        name,
    )


def set_up_app(person: Person) -> None:
    """Add an authenticator app as a second factor of a member's own, and prove its first code."""
    person.open("/factor/?add=totp")
    person.answer_form()
    found = re.search(r'<code id="secret">([A-Z2-7 ]+)<', person.page)
    assert found, person.page
    person.answer_form(code=app_code(found[1].replace(" ", "")))
