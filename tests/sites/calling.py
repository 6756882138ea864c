"""A site that takes jobs and answers them, in the words of docs/erasure-protocol.md; and an erasure that makes one."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import ErasureRequest, Site
from privacy.models import SiteJob
from privacy.verbs import siting
from tests.factories import ApiKeyFactory, SiteFactory, UserFactory


class Program:
    """A site's program: its API key, a key of its own to sign answers with, and its calls."""

    def __init__(self, site: Site | None = None) -> None:
        self.key = ApiKeyFactory(site=site or SiteFactory(connected_at=timezone.now()))
        self.site: Site = self.key.site
        self.own = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.own.public_key().public_bytes_raw()).decode()

    def call(self, path: str, *, number: str = "", skew: int = 0, secret: str = "", **body: Any) -> Any:
        """A signed call's response; what is given otherwise is false."""
        text = json.dumps(body)
        name, stamp = f"call_{time.monotonic_ns()}", str(int(time.time()) + skew)
        key = hmac.new((secret or self.key.secret).encode(), b"kumquat site jobs", hashlib.sha256).digest()
        mac = base64.b64encode(hmac.new(key, f"{name}.{stamp}.{text}".encode(), hashlib.sha256).digest()).decode()
        headers = {
            "Kumquat-Customer": number or str(self.site.customer.number),
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{mac}",
        }
        return Client().post(path, text, content_type="application/json", headers=headers)

    def fetch(self, **changed: Any) -> Any:
        body: dict[str, Any] = {"type": "site_jobs.fetch", "public_key": self.public_key, "program": "test 1"} | changed
        return self.call("/api/v1/site-jobs/", **body)

    def says(self, job: SiteJob, **changed: Any) -> str:
        """An answer's text."""
        said = {
            "type": "site_job.answer",
            "job": job.public_id,
            "site": job.site.public_id,
            "at": "2026-11-24T12:00:00+00:00",
            "outcome": "done",
            "removed": [{"what": "wordpress.usermeta", "count": 7}],
            "kept": [{"what": "wordpress.users", "count": 1, "why": "own_account"}],
        }
        return json.dumps(said | changed)

    def sign(self, text: str) -> str:
        return base64.b64encode(self.own.sign(text.encode())).decode()

    def answer(self, job: SiteJob, text: str, signature: str = "") -> Any:
        body: dict[str, Any] = {"type": "site_jobs.answer", "answer": text, "signature": signature or self.sign(text)}
        return self.call(f"/api/v1/site-jobs/{job.public_id}/answer", **body)


def erasure_of(customer: Any, **about: Any) -> tuple[ErasureRequest, list[SiteJob]]:
    """A request to erase a new user of this customer, and the jobs that it makes."""
    user = UserFactory(customer=customer, **about)
    people.request_erasure(user, audit.SYSTEM)
    request = ErasureRequest.objects.get(user=user)
    return request, siting.order(request)
