"""A customer's program that receives webhooks over TLS, with a certificate of the test's own."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme


@dataclass
class Receiver:
    """What came in, and what is answered: status, body, headers; or a wait before anything is said."""

    port: int = 0
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    status: int = 200
    body: bytes = b"thank you"
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0

    @property
    def url(self) -> str:
        return f"https://hooks.nordvik.example:{self.port}/in"


@contextmanager
def receiver(folder: Any, name: str = "hooks.nordvik.example") -> Iterator[tuple[Receiver, str]]:
    """A running receiver, and the file of the authority behind its certificate."""
    authority = trustme.CA()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    one = Receiver()
    done = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            one.got.append(({name.lower(): value for name, value in self.headers.items()}, text))
            self.send_response(one.status)
            for header, value in one.headers.items():
                self.send_header(header, value)
            self.end_headers()
            for start in range(0, len(one.body), 4096):
                if one.drip and done.wait(one.drip):
                    return
                try:
                    self.wfile.write(one.body[start : start + 4096])
                except OSError:
                    return

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_none: None  # type: ignore[method-assign]
    one.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield one, str(file)
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()
