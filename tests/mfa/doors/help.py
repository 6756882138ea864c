"""What the doors' tests share: a browser's steps, and mails as their reader sees them."""

import re
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import hotp

from accounts import links
from accounts.models import Link, User
from mfa.base32 import decode
from mfa.methods.totp import DIGITS, PERIOD
from mfa.models import Authenticator
from tests.factories import PASSWORD

CONTROL = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|BEGIN|COMMIT|ROLLBACK)")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|Reference[^<]*<span class="mono">[^<]+')


def sign_in(client: Client, user: User, **more: Any) -> Any:
    """Type the address and the password."""
    return client.post("/sign-in/", {"email": user.username, "password": PASSWORD, **more})


def code_of(authenticator: Authenticator, secret: str = "", at: float | None = None) -> str:
    """What the app shows now, or shows at a time."""
    step = int((time.time() if at is None else at) // PERIOD)
    return str(hotp(decode(secret or authenticator.secret), step, DIGITS)).zfill(DIGITS)


def newest_link(purpose: str) -> Link:
    return Link.objects.filter(purpose=purpose).latest("created_at")


def path_of(link: Link) -> str:
    """The path of a mailed link."""
    return f"/l/{links.token(link)}"


def body_of(response: Any, *words: str) -> bytes:
    """A page without what differs between any two answers: its form token, and the given words."""
    body = TOKEN.sub(b"", response.content)
    for word in words:
        body = body.replace(word.encode(), b"")
    return body


def statements(client: Client, path: str, data: dict[str, Any]) -> tuple[list[str], Any]:
    """The statements of one POST by their first words and tables, and its answer."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.post(path, data)
    return [shape(query["sql"]) for query in seen.captured_queries if not CONTROL.match(query["sql"])], response


def shape(sql: str) -> str:
    """Such as `INSERT INTO "accounts_user"`."""
    found = re.match(r'(INSERT INTO|UPDATE|DELETE FROM) ("\w+")', sql) or re.search(r'(SELECT).*? FROM ("\w+")', sql)
    return " ".join(found.groups()) if found else sql.split("(")[0]
