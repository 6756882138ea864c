"""The site's half of an erasure: its jobs ordered, ended by an answer, by hand or by time, and what they say."""

import json
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import audit, disclosing
from accounts.audit import Actor
from accounts.messages import verbs as messages
from accounts.models import ErasureRequest, Membership, Role, Site, User
from privacy.models import SiteJob

log = structlog.get_logger()
State = SiteJob.State
TRIED = timedelta(days=5)  # after which a person has to look after it
NAMED = timedelta(days=30)  # after which a name is kept for no site any more, and the receipt states the gap
RECIPIENT = disclosing.SITE
AT_ONCE = 100
MOST_TOLD = 10
KIND = "privacy.site_pending"
LONGEST = 2000


class Ended(Exception):
    """The job has ended, and was not ended by this."""


@transaction.atomic
def order(request: ErasureRequest) -> list[SiteJob]:
    """Make the jobs of an erasure while its person is still known: one a site that can hold rows; again, no new ones.

    A site that was archived has no key left to answer with, so its job ends at once as a gap that the receipt states.
    """
    user = request.user
    if user is None:
        return list(SiteJob.objects.filter(erasure=request).order_by("pk"))
    for site in _that_can_hold_rows(user):
        _order(request, site, user)
    return list(SiteJob.objects.filter(erasure=request).select_related("site").order_by("pk"))


def _that_can_hold_rows(user: User) -> list[Site]:
    """Sites that ever made a signed call: who never did was told of nobody."""
    asked = Q(connected_at__isnull=False) | Q(link__isnull=False)
    return list(Site.objects.filter(asked, customer=user.customer_id).select_related("customer").order_by("pk"))


def _order(request: ErasureRequest, site: Site, user: User) -> None:
    names = json.dumps({"username": user.username, "email": user.email}, ensure_ascii=False)
    gone = site.archived_at is not None
    now = timezone.now()
    job, made = SiteJob.objects.get_or_create(
        erasure=request,
        site=site,
        defaults={
            "customer": site.customer,
            "names": None if gone else names,
            "state": State.GAP if gone else State.WAITING,
            "ended_at": now if gone else None,
            "ordered_at": now,
            "next_try_at": now,
        },
    )
    if made and not gone:
        disclosing.record(
            site.customer,
            user=user,
            recipient=RECIPIENT,
            name=site.name,
            fields=["accounts.User.username", "accounts.User.email"],
            basis=disclosing.Basis.LAW,
            reference="privacy.site_job",
        )
    if made:
        facts = {"site": site.name, "state": str(job.state)}
        audit.record("privacy.site_job_ordered", audit.SYSTEM, site.customer, job, facts=facts)


def settled(request: ErasureRequest) -> bool:
    """Whether every site has answered, was confirmed by hand, or is a gap that is stated."""
    return not SiteJob.objects.filter(erasure=request, state__in=SiteJob.OPEN).exists()


def answers(request: ErasureRequest) -> list[dict[str, Any]]:
    """What each site says, for the receipt: nothing in it names the person."""
    jobs = SiteJob.objects.filter(erasure=request).select_related("site").order_by("pk")
    return [_told(job) for job in jobs]


def _told(job: SiteJob) -> dict[str, Any]:
    said = json.loads(job.answer) if job.answer else {}
    return {
        "site": job.site.public_id,
        "job": job.public_id,
        "state": str(job.state),
        "how": str(job.how),
        "removed": said.get("removed", []),
        "kept": said.get("kept", []),
        "answer": job.answer,
        "signature": job.signature,
        "public_key": job.public_key,
        "when": job.ended_at.isoformat() if job.ended_at else None,
    }


def locked(job: SiteJob) -> SiteJob:
    """The job's row, held until the transaction ends."""
    rows = SiteJob.objects.select_for_update(of=("self",)).select_related("site", "customer")
    return rows.get(pk=job.pk)


def end(job: SiteJob, state: str, action: str, by: Actor, **facts: Any) -> None:
    """End a locked job: its names go, and what happened is recorded. Raises Ended."""
    if not job.is_open:
        raise Ended
    job.state, job.names, job.ended_at = state, None, timezone.now()
    job.save()
    audit.record(action, by, job.customer, job, facts={"site": job.site.name, **facts})


@transaction.atomic
def confirm(job: SiteJob, how: str, evidence: str, user: User, by: Actor) -> None:
    """Take a member's word that a site which does not answer holds nothing more. Raises Ended, ValueError."""
    if how not in SiteJob.How.values or not evidence.strip():
        raise ValueError("a confirmation says how, and what shows it")
    row = locked(job)
    row.how, row.evidence, row.confirmed_by = how, evidence.strip()[:LONGEST], user
    end(row, State.CONFIRMED, "privacy.site_job_confirmed", by, how=str(how))


def late(at: datetime) -> dict[str, int]:
    """Turn to people what no site answered for five days, and end as a gap what nobody confirmed for thirty."""
    rows = SiteJob.objects.filter(state__in=SiteJob.OPEN).order_by("ordered_at")
    gaps = list(rows.filter(ordered_at__lte=at - NAMED)[:AT_ONCE])
    waiting = list(rows.filter(state=State.WAITING, ordered_at__lte=at - TRIED)[:AT_ONCE])
    return {"gaps": sum(map(_gap, gaps)), "pending": sum(map(_pending, waiting))}


@transaction.atomic
def _gap(job: SiteJob) -> bool:
    row = locked(job)
    if row.is_open:
        end(row, State.GAP, "privacy.site_job_gap", audit.SYSTEM)
    return not row.is_open


@transaction.atomic
def _pending(job: SiteJob) -> bool:
    row = locked(job)
    if row.state != State.WAITING:
        return False
    is_news = not SiteJob.objects.filter(site=row.site, state=State.PENDING).exists()
    row.state = State.PENDING
    row.save(update_fields=["state"])
    facts = {"site": row.site.name, "tries": row.tries}
    audit.record("privacy.site_job_pending", audit.SYSTEM, row.customer, row, facts=facts)
    if is_news:  # of many erasures that a site leaves unanswered, the first tells it
        _tell(row)
    return True


def _tell(job: SiteJob) -> None:
    """Tell the customer's owners and admins that a person has to look after a site; nobody erased is named."""
    customer = job.customer.test_of or job.customer
    found = Membership.objects.filter(customer=customer, role__in=(Role.OWNER, Role.ADMIN)).select_related("user")
    context = {"site": job.site.name, "path": reverse("privacy_console:jobs")}
    for one in found.order_by("created_at")[:MOST_TOLD]:
        messages.queue(KIND, customer=customer, channel="email", to=one.user.email, user=one.user, context=context)
