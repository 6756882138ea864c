"""A tiny site that leads its people to the prompt: one page with a button, and one where they come back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.e2e.server import Server
from tests.mfa.compat.prompt import site as clients


class Pair:
    """What a site knows of its client, in the form that `clients.Site` wants."""

    def __init__(self, client_id: str, secret: str, callback: str) -> None:
        self.client_id, self.secret, self.redirects = client_id, secret, [{"uri": callback}]


class Shop:
    """The site. Whoever clicks "Sign in" is the person of the address `/?as=<name>`; it takes no passwords."""

    def __init__(self, server: Server) -> None:
        handler = type("Handler", (_Handler,), {"shop": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://localhost:{self._http.server_port}"
        self.server, demo = server, server.demo["prompt"]
        self.client = clients.Site(Pair(demo["client_id"], demo["client_secret"], f"{self.url}/callback"))  # type: ignore[arg-type]
        self.client.state = "a state that never changes"  # of a test's site, where it tells nothing
        self.host = f"https://localhost:{server.port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def prompt(self, name: str) -> str:
        """Where the person is led to."""
        return f"{self.server.url}/oauth/v1/authorize?{urlencode(self.client.query(name, aud=self.host))}"

    def exchange(self, code: str) -> dict[str, str]:
        """What the prompt says of a code."""
        endpoint = f"{self.host}/oauth/v1/token"
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.callback,
            "client_id": self.client.id,
            "client_assertion": self.client.assertion(endpoint),
        }
        answer: dict[str, str] = httpx.post(f"{self.server.url}/oauth/v1/token", data=given, timeout=30).json()
        return answer

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self) -> None:  # the name that http.server calls
        parts = urlsplit(self.path)
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/callback":
            text = self._come_back(told)
        else:
            name = told.get("as", "")
            text = f'<a href="{self.shop.prompt(name).replace("&", "&amp;")}">Sign in</a>' if name else "Shop"
        body = f"<!doctype html><title>Shop</title><h1>{text}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _come_back(self, told: dict[str, str]) -> str:
        if "error" in told:
            return f"Not signed in: {told['error']}"
        answer = self.shop.exchange(told.get("duo_code", ""))
        return "Signed in" if "id_token" in answer else f"Not signed in: {answer['error']}"

    def log_message(self, format: str, *args: object) -> None:  # the name of the base class
        """Quietly."""


@contextmanager
def open_for(server: Server) -> Iterator[Shop]:
    """The shop, with its address among those that the demo's client may lead people to."""
    shop = Shop(server)
    redirects = f'[{{"uri": "{shop.client.callback}", "any_query": false}}]'
    server.sql(
        "UPDATE mfa_promptclient SET redirects = redirects || %s::jsonb WHERE client_id = %s",
        redirects,
        shop.client.id,
    )
    try:
        yield shop
    finally:
        shop.close()
