"""A site that leads its people to the prompt, as clients of the Universal Prompt do, and the person's browser."""

import secrets
import time
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from django.test import Client
from django_otp.oath import hotp

from mfa.base32 import decode
from mfa.models import PromptClient, Visit

HOST = "https://localhost"
TOKEN, HEALTH, AUTHORIZE = f"{HOST}/oauth/v1/token", f"{HOST}/oauth/v1/health_check", f"{HOST}/oauth/v1/authorize"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def app_code(secret: str = "JBSWY3DPEHPK3PXP", ahead: int = 0) -> str:
    return str(hotp(decode(secret), int(time.time()) // 30 + ahead, 6)).zfill(6)


def sign(claims: dict[str, Any], secret: str, algorithm: str = "HS512", headers: dict[str, Any] | None = None) -> str:
    """A token as the Python client makes it, whose library warns of the short secret."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, secret, algorithm=algorithm, headers=headers)


class Site:
    """What the site holds: its pair. Nothing of ours but the model's values is used."""

    def __init__(self, client: PromptClient) -> None:
        self.id, self.secret = client.client_id, client.secret
        self.callback = client.redirects[0]["uri"]
        self.state = secrets.token_urlsafe(24)

    def assertion(self, endpoint: str, **changed: Any) -> str:
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": endpoint,
            "exp": time.time() + 300,
            "jti": secrets.token_hex(16),
        }
        return sign(settled(claims | changed), self.secret)

    def claims(self, username: str = "nora", **changed: Any) -> dict[str, Any]:
        claims = {
            "scope": "openid",
            "redirect_uri": self.callback,
            "client_id": self.id,
            "iss": self.id,
            "aud": HOST,
            "exp": time.time() + 300,
            "state": self.state,
            "response_type": "code",
            "duo_uname": username,
            "use_duo_code_attribute": True,
        }
        return settled(claims | changed)

    def query(self, username: str = "nora", **changed: Any) -> dict[str, str]:
        request = sign(self.claims(username, **changed), self.secret)
        return {"client_id": self.id, "response_type": "code", "request": request}

    def exchange(self, browser: Client, code: str, /, **changed: Any) -> Any:
        """The token call, with everything in the query and an empty body, as Python sends it."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "client_id": self.id,
            "client_assertion_type": BEARER,
            "client_assertion": self.assertion(TOKEN),
        }
        return browser.post("/oauth/v1/token", query_params=without_none(given | changed))

    def opened(self, id_token: str) -> dict[str, Any]:
        """The id_token, checked as the clients check it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return jwt.decode(id_token, self.secret, algorithms=["HS512"], audience=self.id, issuer=TOKEN)


class Ahead:
    """A moment so many seconds after the token is made, in the type that a client writes it.

    A parameter of a test is made when tests are collected, minutes before the last of them runs.
    """

    def __init__(self, seconds: float, write: Callable[[float], Any] = int) -> None:
        self.seconds, self.write = seconds, write

    def moment(self) -> Any:
        return self.write(time.time() + self.seconds)


def settled(claims: dict[str, Any]) -> dict[str, Any]:
    """The claims that are there, their moments counted from now."""
    return {name: value.moment() if isinstance(value, Ahead) else value for name, value in without_none(claims).items()}


def without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def lead(browser: Client, site: Site, username: str, **changed: Any) -> str:
    """The person follows the site's redirect; the path of the prompt's page."""
    response = browser.get("/oauth/v1/authorize", site.query(username, **changed))
    assert response.status_code == 303, response.content.decode()
    return str(response.headers["Location"])


def returned(response: Any) -> dict[str, str]:
    """What the site is told in the address that the person is led back to."""
    assert response.status_code == 303, response.content.decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def visit_at(path: str) -> Visit:
    return Visit.objects.get(public_id=path.split("/")[2])


def health(browser: Client, site: Site, assertion: str) -> Any:
    """What the health check answers."""
    return browser.post("/oauth/v1/health_check", {"client_id": site.id, "client_assertion": assertion}).json()
