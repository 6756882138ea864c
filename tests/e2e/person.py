"""A person without a browser: keeps cookies, follows redirects, fills in forms."""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.e2e.server import Server

_FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class Person:
    """Opens pages and answers them. `page` is the last page's text, `answer` the last response."""

    def __init__(self, server: Server) -> None:
        self.client = server.client()
        self.client.follow_redirects = True
        self.answer: httpx.Response
        self.page = ""

    def open(self, address: str) -> str:
        return self._keep(self.client.get(address))

    def answer_form(self, action: str = "", **fields: Any) -> str:
        """POST the form of the page just opened that leads to `action`, or the one that leads back to the page."""
        here = str(self.answer.url)
        target = urljoin(here, action)
        for form in _FORM.finditer(self.page):
            led = re.search(r'action="([^"]*)"', form["head"])
            if urlsplit(urljoin(here, unescape(led[1]) if led else "")).path == urlsplit(target).path:
                hidden = {name: unescape(value) for name, value in _HIDDEN.findall(form["inside"])}
                return self._keep(self.client.post(target, data=hidden | fields))
        raise AssertionError(f"{here} has no form that leads to {target}:\n{self.page}")

    def sign_in(self, email: str, password: str) -> str:
        self.open("/sign-in/")
        return self.answer_form(email=email, password=password)

    def find_link(self, pattern: str) -> str:
        """The address of the first link on the page whose address matches."""
        found = re.search(rf'href="({pattern})"', self.page)
        assert found, f"{self.answer.url} has no link like {pattern}:\n{self.page}"
        return unescape(found[1])

    def _keep(self, answer: httpx.Response) -> str:
        self.answer, self.page = answer, answer.text
        return self.page
