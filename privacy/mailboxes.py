"""The mailbox behind the published address: over IMAP with TLS, or a maildir on this machine."""

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

LONGEST = 200_000  # bytes of a mail that are read; what people ask stands at its beginning
SECONDS = 20  # that a server may take for an answer


class Unusable(ValueError):
    """An address that no mailbox can be behind; the text says why, without the password in it."""


class Mailbox(Protocol):
    """What is new in a mailbox. A mail that was seen to stays there, marked as read: the mailbox is its owner's."""

    def new(self, most: int) -> Iterator[tuple[str, bytes]]:
        """At most so many unread mails, each with its key."""

    def seen(self, key: str) -> None:
        """Mark one as read."""


class Maildir:
    """A folder that a mail server delivers into."""

    def __init__(self, path: str) -> None:
        self.box = mailbox.Maildir(path, create=False)

    def new(self, most: int) -> Iterator[tuple[str, bytes]]:
        fresh = sorted(key for key, row in self.box.iteritems() if "S" not in row.get_flags())
        for key in fresh[:most]:
            with self.box.get_file(key) as file:
                yield key, file.read(LONGEST)

    def seen(self, key: str) -> None:
        row = self.box.get_message(key)
        row.set_subdir("cur")
        row.add_flag("S")
        self.box[key] = row


class Imap:
    """A folder on a mail server."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def new(self, most: int) -> Iterator[tuple[str, bytes]]:
        _ok, found = self.connection.uid("SEARCH", "UNSEEN")
        for key in (found[0] or b"").split()[:most]:
            _ok, parts = self.connection.uid("FETCH", key.decode(), f"(BODY.PEEK[]<0.{LONGEST}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            yield key.decode(), raw

    def seen(self, key: str) -> None:
        self.connection.uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The mailbox of an address. Raises Unusable, and OSError or imaplib.IMAP4.error while it cannot be reached."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Maildir(unquote(parts.path))
        return
    check(url)
    context = ssl.create_default_context(cafile=settings.INBOUND_CA_FILE or None)
    with imaplib.IMAP4_SSL(parts.hostname or "", parts.port or 993, ssl_context=context, timeout=SECONDS) as connection:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        status, _said = connection.select('"{}"'.format(folder.replace('"', "")))
        if status != "OK":
            raise Unusable(f"there is no folder {folder!r}")
        yield Imap(connection)


def check(url: str) -> None:
    """Raise Unusable for an address that cannot be right, such as one that would send the password in the clear."""
    parts = urlsplit(url)
    if parts.scheme == "maildir" and parts.path.startswith("/"):
        return
    if parts.scheme != "imaps" or not (parts.hostname and parts.username and parts.password):
        raise Unusable("it is imaps://user:password@host/folder, or maildir:///path")
