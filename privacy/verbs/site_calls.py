"""Jobs on their way to sites and back: fetched by the site or pushed to it, and the answer judged."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, outbound
from accounts.audit import Actor
from accounts.http import NOWHERE
from accounts.models import ApiKey, Site
from privacy import site_answers, site_signing
from privacy.models import SiteJob, SiteLink
from privacy.verbs import siting

log = structlog.get_logger()
State = SiteJob.State
AT_ONCE = 20
WAITS = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)  # seconds before the next try; the last one goes on for the five days
ERASE = "site_job.erase"


@dataclass(frozen=True)
class Signed:
    """A job as a site gets it, the same by either way: the body, and the headers that sign it."""

    body: str
    headers: dict[str, str]


class Taken(Enum):
    """What became of a site's answer."""

    DONE = "done"
    FAILED = "failed"  # taken note of; the job stays open
    AGAIN = "again"  # the same answer as before
    ENDED = "ended"  # the job ended otherwise
    SIGNATURE = "signature"
    OTHER_JOB = "other_job"


@transaction.atomic
def connect(site: Site, public_key: str, url: str, program: str, by: Actor) -> SiteLink:
    """Note how a site takes jobs and signs answers. Raises outbound.Refused, ValueError."""
    if not site_signing.is_public_key(public_key):
        raise ValueError("not a public key")
    if url:
        outbound.checked(url)
    now = timezone.now()
    facts = {"public_key": public_key, "url": url, "program": program[:64], "asked_at": now}
    link, made = SiteLink.objects.select_for_update().get_or_create(
        site=site, defaults={"customer": site.customer, **facts}
    )
    if not made and link.public_key != public_key:
        audit.record("privacy.site_key_changed", by, site.customer, site, facts={"site": site.name})
        link.key_since = now
    for name, value in facts.items():
        setattr(link, name, value)
    link.save()
    return link


def fetch(site: Site, keys: list[ApiKey], at: datetime | None = None) -> list[Signed]:
    """The jobs that wait for a site, the oldest first; that it took them is noted."""
    now = at or timezone.now()
    jobs = list(SiteJob.objects.filter(site=site, state__in=SiteJob.OPEN).order_by("pk")[:AT_ONCE])
    SiteJob.objects.filter(pk__in=[job.pk for job in jobs], fetched_at=None).update(fetched_at=now)
    return [_signed(job, site, keys, now) for job in jobs]


def _signed(job: SiteJob, site: Site, keys: list[ApiKey], at: datetime) -> Signed:
    data = {
        "id": job.public_id,
        "site": site.public_id,
        **json.loads(job.names or "{}"),
        "ordered_at": job.ordered_at.isoformat(),
        "answer_by": (job.ordered_at + siting.TRIED).isoformat(),
        "answer_to": settings.PUBLIC_URL + reverse("site_jobs:answer", args=[job.public_id]),
    }
    message = {"type": ERASE, "timestamp": job.ordered_at.isoformat(), "data": data}
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    return Signed(body, site_signing.headers(keys, f"job_{job.public_id}", at, body))


def push_due() -> int:
    """Send the jobs that are due to the sites that have an address for them; how many were tried."""
    return sum(_push() for _turn in range(AT_ONCE))


def _push() -> bool:
    """Send one job. Its next try is set before it leaves, so that a worker that dies costs no more than that try."""
    job = _claim()
    if job is None:
        return False
    site = job.site
    keys = list(ApiKey.objects.live().filter(site=site))
    signed = _signed(job, site, keys, timezone.now())
    headers = {"Content-Type": "application/json", "User-Agent": "Kumquat-Webhooks/1", **signed.headers}
    try:
        answer = outbound.post(SiteLink.objects.get(site=site).url, signed.body.encode(), headers)
    except (outbound.Refused, outbound.Failed) as error:
        return _trouble(job, str(error))
    if not 200 <= answer.status < 300:
        return _trouble(job, f"HTTP {answer.status}")
    return _trouble(job, _answered(job, answer.body))


def _claim() -> SiteJob | None:
    now = timezone.now()
    due = SiteJob.objects.filter(
        state=State.WAITING,
        next_try_at__lte=now,
        site__archived_at=None,
        site__customer__keys_stopped_at=None,
        site__link__url__gt="",
    )
    with transaction.atomic(durable=True):
        rows = due.select_related("site", "customer").select_for_update(of=("self",), skip_locked=True)
        job = rows.order_by("next_try_at").first()
        if job is None:
            return None
        wait = WAITS[min(job.tries, len(WAITS) - 1)] * random.uniform(0.75, 1.25)  # noqa: S311  # protects nothing
        job.tries, job.next_try_at = job.tries + 1, now + timedelta(seconds=wait)
        job.save(update_fields=["tries", "next_try_at"])
    job.site.customer = job.customer
    return job


def _answered(job: SiteJob, body: bytes) -> str:
    """Take the answer that came with the site's "received", if one did; what is wrong with it, in words."""
    SiteJob.objects.filter(pk=job.pk, fetched_at=None).update(fetched_at=timezone.now())
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(said, dict) or not isinstance(said.get("answer"), str):
        return ""
    try:
        taken = take(job, said["answer"], str(said.get("signature", "")), audit.site(job.site, NOWHERE))
    except site_answers.Unusable as error:
        return str(error)
    return "" if taken in (Taken.DONE, Taken.FAILED, Taken.AGAIN) else f"answer refused: {taken.value}"


def _trouble(job: SiteJob, words: str) -> bool:
    if words:
        SiteJob.objects.filter(pk=job.pk, state__in=SiteJob.OPEN).update(trouble=words[:200])
        log.info("a job did not reach its site", job=str(job.pk), trouble=words)
    return True


@transaction.atomic
def take(job: SiteJob, text: str, signature: str, by: Actor) -> Taken:
    """Judge a site's answer; the same again changes nothing. Raises site_answers.Unusable."""
    row = siting.locked(job)
    if row.answer == text and row.state == State.DONE:
        return Taken.AGAIN
    link = SiteLink.objects.filter(site=row.site).first()
    if link is None or not site_signing.is_signed(text, signature, link.public_key):
        return Taken.SIGNATURE
    said = site_answers.parse(text)
    if (said.job, said.site) != (row.public_id, row.site.public_id):
        return Taken.OTHER_JOB
    if not row.is_open:
        return Taken.ENDED
    facts: dict[str, Any] = {"removed": said.removed, "kept": said.kept}
    row.answer, row.signature, row.public_key = text, signature, link.public_key
    if said.is_done:
        row.trouble = ""
        siting.end(row, State.DONE, "privacy.site_job_answered", by, **facts)
        return Taken.DONE
    row.trouble = said.problem
    row.save(update_fields=["answer", "signature", "public_key", "trouble"])
    audit.record(
        "privacy.site_job_failed", by, row.customer, row, facts={"site": row.site.name, "problem": said.problem}
    )
    return Taken.FAILED
