"""Real servers on the loopback that misbehave as a test tells them: an SMTP server and an HTTP gateway."""

import datetime
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[BaseHTTPRequestHandler], None]
PASSWORD = "s3cret/word"


class Mailbox:
    """An aiosmtpd handler: accepts all, unless `after` holds what to do or answer at a command."""

    def __init__(self, **after) -> None:
        self.after = after
        self.letters: list[Envelope] = []
        self.commands: list[str] = []

    async def _answer(self, command, server, default):
        self.commands.append(command)
        answer = self.after.get(command, default)
        if callable(answer):
            answer = answer(server)
        return default if answer is None else answer

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return await self._answer("MAIL", server, "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server, "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope)
        return await self._answer("DATA", server, "250 taken")


def hang_up(server):
    """Close the connection in place of an answer."""
    server.transport.abort()


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@contextmanager
def smtp_server(mailbox, tls=None, context=None, **options) -> Iterator[int]:
    """Run a server and give its port. `tls` is None, "smtps" or "starttls"; `context` holds its certificate."""

    class Server(Controller):
        def factory(self):
            return SMTP(self.handler, hostname="mail.localhost", **options, **starttls)

        def _trigger_server(self):
            self.port = self.server.sockets[0].getsockname()[1]  # the one that 0 became
            super()._trigger_server()

    starttls = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
    controller = Server(mailbox, hostname="127.0.0.1", port=0, ssl_context=context if tls == "smtps" else None)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class HttpGateway:
    """An HTTP gateway: answers with the next of `answers` (a status, or a function of the handler), then 202."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[int | Answer] = []
        self.arrived = threading.Event()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told = json.loads(body) if "json" in self.headers["Content-Type"] else body
                gateway.requests.append({"path": self.path, "headers": dict(self.headers), "body": told})
                gateway.arrived.set()
                answer = gateway.answers.pop(0) if gateway.answers else 202
                if callable(answer):
                    answer(self)
                else:
                    reply(answer)(self)

            do_GET = do_POST

            def log_message(self, *args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def hold(self, status: int = 202) -> Callable[[], None]:
        """Keep the next request waiting for its answer until what this returns is called."""
        go_on = threading.Event()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            go_on.wait(30)
            with suppress(OSError):  # whoever asked may be dead by now
                reply(status)(handler)

        self.answers.append(answer)
        return go_on.set

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def reply(status: int, **headers: str) -> Answer:
    """An answer with a status and headers."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Take the whole request and close the connection without a word."""
    handler.close_connection = True
    handler.connection.close()


def free_port() -> int:
    """A port on which nothing listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_address[1]


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A new authority's file, and a server context with a certificate of its for one host name."""
    now = datetime.datetime.now(datetime.UTC)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def make(subject, public_key, *extensions):
        builder = x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(hours=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority = make(
        issuer,
        authority_key.public_key(),
        (x509.BasicConstraints(True, None), True),
        (x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), False),
    )
    own = make(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(),
        (x509.SubjectAlternativeName([x509.DNSName(name)]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False),
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(authority)
    (folder / "server.pem").write_bytes(own + private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return folder / "authority.pem", context
