"""Each erasure makes a job a site, which ends by the site's answer, by a member's word, or as a gap that is stated."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import AuditRecord, Disclosure, ErasureRequest
from privacy import retention
from privacy.models import SiteJob
from privacy.verbs import siting
from tests.factories import CustomerFactory, MembershipFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
State = SiteJob.State


def asked(customer, **about):
    """A request to erase a new user of this customer."""
    user = UserFactory(customer=customer, **about)
    people.request_erasure(user, audit.SYSTEM)
    return ErasureRequest.objects.get(user=user)


def connected(customer, **about):
    return SiteFactory(customer=customer, connected_at=timezone.now(), **about)


@pytest.mark.requirement("R-56")
def test_an_erasure_makes_one_job_for_each_site_of_the_customer_that_ever_asked_us():
    customer = CustomerFactory()
    site = connected(customer)
    SiteFactory(customer=customer)  # never connected, so it was told of nobody
    connected(CustomerFactory())
    request = asked(customer)

    jobs = siting.order(request)
    assert [job.site for job in jobs] == [site]
    assert [job.pk for job in siting.order(request)] == [jobs[0].pk]
    assert not siting.settled(request)
    assert request.user.username in jobs[0].names
    (given,) = Disclosure.objects.filter(user=request.user)
    assert (given.recipient, given.name, given.basis) == (siting.RECIPIENT, site.name, "law")


@pytest.mark.requirement("R-56")
def test_an_archived_site_is_a_gap_that_is_stated_at_once():
    customer = CustomerFactory()
    connected(customer, archived_at=timezone.now())
    request = asked(customer)
    siting.order(request)
    assert [one["state"] for one in siting.answers(request)] == ["gap"]
    assert siting.settled(request)


@pytest.mark.requirement("R-60")
def test_a_site_that_does_not_answer_for_five_days_is_pending_and_after_thirty_a_gap_without_a_name():
    customer = CustomerFactory()
    connected(customer)
    request = asked(customer)
    (job,) = siting.order(request)
    day = timedelta(days=1)

    assert siting.late(job.ordered_at + 5 * day - timedelta(seconds=1)) == {"gaps": 0, "pending": 0}
    assert siting.late(job.ordered_at + 5 * day) == {"gaps": 0, "pending": 1}
    job.refresh_from_db()
    assert (job.state, siting.settled(request)) == (State.PENDING, False)
    assert siting.late(job.ordered_at + 29 * day) == {"gaps": 0, "pending": 0}
    assert siting.late(job.ordered_at + 30 * day) == {"gaps": 1, "pending": 0}
    job.refresh_from_db()
    assert (job.state, job.names, siting.settled(request)) == (State.GAP, None, True)


@pytest.mark.requirement("R-60")
def test_a_member_confirms_by_hand_with_evidence_and_who_and_when_are_kept():
    customer = CustomerFactory()
    connected(customer)
    request = asked(customer)
    (job,) = siting.order(request)
    member = MembershipFactory(customer=customer).user
    by = audit.member(member, audit.NOWHERE)
    for how, evidence in (("removed", " "), ("unheard of", "ticket 12")):
        with pytest.raises(ValueError):
            siting.confirm(job, how, evidence, member, by)

    siting.confirm(job, "removed", "Ticket 12, seen in phpMyAdmin", member, by)
    job.refresh_from_db()
    assert (job.state, job.how, job.evidence) == (State.CONFIRMED, "removed", "Ticket 12, seen in phpMyAdmin")
    assert (job.confirmed_by, job.names) == (member, None)
    assert job.ended_at is not None
    record = AuditRecord.objects.get(action="privacy.site_job_confirmed")
    assert (record.actor_id, record.facts["how"]) == (member.pk, "removed")
    with pytest.raises(siting.Ended):
        siting.confirm(job, "gone", "again", member, by)


def test_what_ended_is_kept_for_three_years():
    customer = CustomerFactory()
    connected(customer, archived_at=timezone.now())
    siting.order(asked(customer))
    assert retention.forget(timezone.now() + timedelta(days=3 * 365))["SiteJob"] == 0
    assert retention.forget(timezone.now() + timedelta(days=3 * 365 + 2))["SiteJob"] == 1
