"""A person with a browser, who follows redirects between the site and the prompt and fills in forms."""

import re

import requests


class Person:
    """A browser without scripts. `ca` is the authority that it trusts."""

    def __init__(self, ca: str) -> None:
        self.browser = requests.Session()
        self.browser.verify = ca
        self.browser.trust_env = False  # or the environment's own list of authorities would win

    def open(self, url: str) -> requests.Response:
        self.here = self.browser.get(url, timeout=30)
        return self.here

    def post(self, url: str, **fields: str) -> requests.Response:
        """Send a form of the page that is open; one of ours has its token in it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.here.text)
        given = fields | ({"csrfmiddlewaretoken": token[1]} if token else {})
        self.here = self.browser.post(url, given, timeout=30)
        return self.here

    def post_to(self, url: str, **fields: str) -> str:
        """Open a page and send its form; the text of what comes."""
        self.open(url)
        return self.post(url, **fields).text
