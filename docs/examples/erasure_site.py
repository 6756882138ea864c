"""A site that takes erasure jobs from Kumquat and answers them (docs/erasure-protocol.md). Copy it and change `remove`.

    pip install cryptography
    KUMQUAT=https://kumquat.example.org CUSTOMER_KEY=… API_KEY=… python erasure_site.py site.key site.sqlite3

Run it every ten minutes. SPDX-License-Identifier: MIT
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET = hmac.digest(os.environ["API_KEY"].encode(), b"kumquat site jobs", "sha256")


def mac(name: str, at: str, body: str) -> str:
    """The signature of a message, either way."""
    return "v1," + base64.b64encode(hmac.digest(SECRET, f"{name}.{at}.{body}".encode(), hashlib.sha256)).decode()


def call(path: str, **said: Any) -> dict[str, Any]:
    """A signed call; what the server answers."""
    body, name, at = json.dumps(said), f"call_{secrets.token_hex(8)}", str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Kumquat-Customer": os.environ["CUSTOMER_KEY"],
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": mac(name, at, body),
    }
    request = urllib.request.Request(os.environ["KUMQUAT"] + path, body.encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
        return dict(json.load(answer))


def is_signed(job: dict[str, Any]) -> bool:
    """Whether the server made this job, in the last five minutes."""
    at, given = job["headers"]["webhook-timestamp"], job["headers"]["webhook-signature"].split()
    wanted = mac(job["headers"]["webhook-id"], at, job["body"])
    return abs(time.time() - int(at)) < 300 and any(hmac.compare_digest(wanted, one) for one in given)


def remove(database: sqlite3.Connection, username: str) -> tuple[list[Any], list[Any]]:
    """Remove what this site holds of a person: what went, and what stays and why. This is the part to change."""
    gone = database.execute("DELETE FROM second_factor WHERE username = ?", [username]).rowcount
    orders = database.execute("SELECT COUNT(*) FROM orders WHERE username = ?", [username]).fetchone()[0]
    removed = [{"what": "shop.second_factor", "count": gone}] if gone else []
    return removed, [{"what": "shop.orders", "count": orders, "why": "law"}] if orders else []


def own_key(file: Path) -> Ed25519PrivateKey:
    """The site's own key, made once; only its public half leaves the site."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def main(key_file: str, database_file: str) -> None:
    """Fetch what waits, do it, answer it. A job comes again until it was answered, and may be done again."""
    key, database = own_key(Path(key_file)), sqlite3.connect(database_file)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    for job in call("/api/v1/site-jobs/", type="site_jobs.fetch", public_key=public, program="example 1")["jobs"]:
        if not is_signed(job):
            raise SystemExit("A job came that the server did not sign.")
        data = json.loads(job["body"])["data"]
        with database:
            removed, kept = remove(database, data["username"])
        said = {"type": "site_job.answer", "job": data["id"], "site": data["site"], "outcome": "done"}
        text = json.dumps(said | {"at": datetime.now(UTC).isoformat(), "removed": removed, "kept": kept})
        signature = base64.b64encode(key.sign(text.encode())).decode()
        path = f"/api/v1/site-jobs/{data['id']}/answer"
        answered = call(path, type="site_jobs.answer", answer=text, signature=signature)
        sys.stdout.write(f"{data['id']} {answered['state']}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
