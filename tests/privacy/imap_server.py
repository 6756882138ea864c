"""An IMAP server on this machine, over TLS, with one folder: as much of RFC 9051 as a poll asks for."""

import re
import ssl
import threading
from contextlib import contextmanager
from datetime import timedelta
from socketserver import StreamRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

USER, PASSWORD = "privacy@kumquat.example", "p ss/word"


def certificate(folder):
    """Files of a certificate for localhost and of its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, private


class Session(StreamRequestHandler):
    """One connection. Each line is a tag, a command and what it is about."""

    def handle(self):
        self.say("* OK ready")
        self.is_in = False
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            if self.answer(tag, rest) is False:
                return

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, tag, command):
        if command == "LOGOUT":
            self.say("* BYE")
            self.say(f"{tag} OK")
            return False
        if command.startswith("LOGIN"):
            self.is_in = command == f'LOGIN {USER} "{PASSWORD}"'
        if command != "CAPABILITY" and not self.is_in:
            return self.say(f"{tag} NO [AUTHENTICATIONFAILED]")
        known = self.show(command)
        return self.say(f"{tag} OK done" if known else f"{tag} BAD {command}")

    def show(self, command):
        """What the one folder answers; whether the command is known here."""
        mails = self.server.mails
        if command == "UID SEARCH UNSEEN":
            self.say("* SEARCH" + "".join(f" {uid}" for uid, mail in mails.items() if not mail["seen"]))
        elif found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            raw = mails[int(found[1])]["raw"][: int(found[2])]
            self.say(f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}")
            self.wfile.write(raw + b")\r\n")
        elif found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", command):
            mails[int(found[1])]["seen"] = True
        elif command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        return command.startswith(("LOGIN ", "SELECT ", "UID ", "CAPABILITY", "CLOSE"))


@contextmanager
def serving(folder, *raws):
    """The address of a server with these mails, the file of its certificate, and the mails as it keeps them."""
    cert, private = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)
    mails = {uid: {"raw": raw, "seen": False} for uid, raw in enumerate(raws, 11)}

    class Server(ThreadingTCPServer):
        daemon_threads, allow_reuse_address = True, True

        def get_request(self):
            plain, address = self.socket.accept()
            return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

        def handle_error(self, request, client_address):
            """A client that does not trust the certificate hangs up in the middle."""

    with Server(("127.0.0.1", 0), Session) as server:
        server.mails = mails
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        user, password = USER.replace("@", "%40"), PASSWORD.replace(" ", "%20").replace("/", "%2F")
        try:
            yield f"imaps://{user}:{password}@localhost:{server.server_address[1]}/INBOX", str(cert), mails
        finally:
            server.shutdown()
            thread.join()
