"""A program that uses the native API with a token of its own."""

import json
from typing import Any

from django.test import Client

from accounts.audit import SYSTEM
from accounts.models import Customer, Site
from accounts.scopes import Scope
from accounts.verbs.tokens import make_token
from tests.factories import CustomerFactory


class Program:
    """Calls the API. `answer` is the last response; every call gives its body."""

    def __init__(self, customer: Customer, *scopes: str, site: Site | None = None) -> None:
        self.customer = customer
        self.token, self.text = make_token(customer, "a program", scopes or tuple(Scope), SYSTEM, site=site)
        self.client = Client(headers={"Authorization": f"Bearer {self.text}"})

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        raw = json.dumps(body) if body is not None else ""
        self.answer = self.client.generic(
            method, f"/api/v1/{path}", raw, "application/json" if raw else "", headers=headers
        )
        return self.answer.json() if self.answer.content else None

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    @property
    def status(self) -> int:
        return self.answer.status_code


def program(*scopes: str, customer: Customer | None = None, site: Site | None = None) -> Program:
    """A program of a new customer, or of this one, with these scopes or all of them."""
    return Program(customer or CustomerFactory(), *scopes, site=site)
